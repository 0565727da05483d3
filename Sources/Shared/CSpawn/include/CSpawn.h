#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Since glibc 2.27, but sys/mman.h shows it only with _GNU_SOURCE, which Swift's importer does not define: a file without
// a name, in memory.
extern int memfd_create(const char *name, unsigned int flags);

/// A process that is to be started, all of it made ready before: between fork and exec nothing may be allocated.
struct cspawn_plan {
    /// Its path; it is not looked up.
    const char *program;
    /// The program's name among them; the last is NULL.
    char *const *arguments;
    /// The last is NULL.
    char *const *environment;
    /// NULL: ours.
    const char *directory;
    /// Pairs: the number there, and our descriptor. In the order in which they are set.
    const int *descriptors;
    /// How many pairs.
    size_t descriptor_count;
    /// Added to our own nice value.
    int niceness;
    /// Whether it and all that it starts stay in its process group.
    int stays_in_group;
    /// Of `cspawn_landlock_create`; -1: none.
    int ruleset;
};

/// Starts it in a process group of its own, with /dev/null as its standard input, no signal blocked or ignored, and of our
/// descriptors above its standard ones only those that are named.
///
/// Returns 0 or an errno; `process` is its number then, and what cannot be executed was waited for.
int cspawn_start(const struct cspawn_plan *plan, pid_t *process);

/// Which version of Landlock the kernel has; 0: none, or it is switched off.
int cspawn_landlock_version(void);

/// Makes an empty set of rules: nothing may be read, written or executed, no port bound but one of the system's choice, no
/// process outside signalled, as far as `version` knows these. Returns a descriptor, or the negative of an errno.
int cspawn_landlock_create(int version);

enum cspawn_access {
    /// Files are read and executed, folders listed.
    CSPAWN_READ,
    /// The same, and all that can be done to files: written, made, removed, moved.
    CSPAWN_WRITE,
    /// A device is read and written.
    CSPAWN_DEVICE,
};

/// Allows a path, with what is below it. Returns 0 or an errno, ENOENT where it is not there.
int cspawn_landlock_allow(int ruleset, int version, const char *path, enum cspawn_access access);

/// Has the calling thread keep to the rules, and all that it starts: for ever. Safe between fork and exec. Returns 0 or an
/// errno.
int cspawn_landlock_enter(int ruleset);

/// Has setpgid(2) and setsid(2) do nothing from now on in the calling thread and all that it starts, and limits of other
/// processes be out of reach. Safe between fork and exec. Does nothing where the kernel has no filters of system calls.
void cspawn_group_enter(void);
