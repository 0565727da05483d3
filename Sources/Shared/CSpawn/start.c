#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/// Has all descriptors from `first` on closed by exec.
static void close_later(int first) {
    enum { close_on_exec = 1 << 2 };  // CLOSE_RANGE_CLOEXEC
    if (syscall(SYS_close_range, (unsigned)first, ~0U, close_on_exec) == 0) return;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    for (rlim_t each = (rlim_t)first; each < limit.rlim_cur; each++) fcntl((int)each, F_SETFD, FD_CLOEXEC);
}

/// In the child. Returns an errno where it cannot become the program.
__attribute__((noinline)) static int become(const struct cspawn_plan *plan, int highest) {
    if (setpgid(0, 0) != 0) return errno;
    // Before they are let through: a handler of ours would run in our memory.
    struct sigaction as_usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &as_usual, NULL);

    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0) return errno;
    if (nothing != STDIN_FILENO && (dup2(nothing, STDIN_FILENO) < 0 || close(nothing) != 0)) return errno;
    if (plan->directory && chdir(plan->directory) != 0) return errno;
    if (plan->niceness != 0) {
        errno = 0;
        int ours = getpriority(PRIO_PROCESS, 0);
        if (errno == 0) setpriority(PRIO_PROCESS, 0, ours + plan->niceness);
    }
    // The kernel asks for it, see landlock(7) and seccomp(2).
    if (plan->ruleset >= 0 || plan->stays_in_group) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    }
    if (plan->ruleset >= 0) {
        int code = cspawn_landlock_enter(plan->ruleset);
        if (code != 0) return code;
    }
    for (size_t index = 0; index < plan->descriptor_count; index++) {
        int number = plan->descriptors[2 * index], ours = plan->descriptors[2 * index + 1];
        // A copy onto itself would stay one that exec closes.
        if ((number == ours ? fcntl(ours, F_SETFD, 0) : dup2(ours, number)) < 0) return errno;
    }
    // Sockets of ours would be inherited: a port would stay taken, a connection open, beyond our own end.
    close_later(highest + 1);
    if (plan->stays_in_group) cspawn_group_enter();

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(plan->program, plan->arguments, plan->environment);
    return errno;
}

int cspawn_start(const struct cspawn_plan *plan, pid_t *process) {
    int highest = STDERR_FILENO;
    for (size_t index = 0; index < plan->descriptor_count; index++) {
        if (plan->descriptors[2 * index] > highest) highest = plan->descriptors[2 * index];
    }
    // Tells why there was no exec, and is closed by it. Memory would do, but the thread sanitizer makes a fork of a vfork.
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    int told = fcntl(ends[1], F_DUPFD_CLOEXEC, highest + 1);
    int code = told < 0 ? errno : 0;
    close(ends[1]);
    if (told < 0) {
        close(ends[0]);
        return code;
    }

    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    // The child runs in our memory, this thread stands until its exec: nothing is copied, however large we are.
    pid_t child = vfork();
    if (child == 0) {
        int failure = become(plan, highest);
        (void)!write(told, &failure, sizeof failure);
        _exit(127);
    }
    code = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(told);
    if (child > 0) {
        ssize_t count;
        while ((count = read(ends[0], &code, sizeof code)) < 0 && errno == EINTR) {}
        if (count != sizeof code) code = 0;
        if (code != 0) while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    }
    close(ends[0]);
    if (code == 0) *process = child;
    return code;
}
