#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define OURS AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define OURS AUDIT_ARCH_AARCH64
#endif

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define GIVE(value) BPF_STMT(BPF_RET | BPF_K, (value))
/// Does the next step if the value is this, else the one after it.
#define WHEN(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 1, 0)

void cspawn_group_enter(void) {
#ifdef OURS
    // Calls that leave the group are said to have worked: libraries make them as a matter of course when they start a
    // program, and need nothing of what they are for.
    static struct sock_filter steps[] = {
        FIELD(arch),
        UNLESS(OURS),
        GIVE(SECCOMP_RET_ERRNO | ENOSYS),
        FIELD(nr),
#ifdef __x86_64__
        // The same calls under other numbers (x32).
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        GIVE(SECCOMP_RET_ERRNO | ENOSYS),
#endif
        WHEN(SYS_setsid),
        GIVE(SECCOMP_RET_ERRNO | 0),
        WHEN(SYS_setpgid),
        GIVE(SECCOMP_RET_ERRNO | 0),
        // The system lets a user set limits of all their processes: a second of processor's time would be our end.
        WHEN(SYS_prlimit64),
        BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
        GIVE(SECCOMP_RET_ALLOW),
        FIELD(args[0]),
        WHEN(0),
        GIVE(SECCOMP_RET_ALLOW),
        GIVE(SECCOMP_RET_ERRNO | EPERM),
    };
    static const struct sock_fprog program = {.len = sizeof steps / sizeof *steps, .filter = steps};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
#endif
}
