#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Headers of the kernel may be older than the kernel that we run on, so what we use of linux/landlock.h is here. The
// numbers are the same on all architectures.
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446

#define CREATE_RULESET_VERSION (1U << 0)
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    MAKE_CHAR = 1 << 6,
    MAKE_BLOCK = 1 << 11,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
    /// All that is in version 1.
    FIRST = (1 << 13) - 1,
    /// All that a rule for a file, not a folder, may have.
    OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
};

enum { BIND_TCP = 1 << 0 };
enum { SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t files, network, scope;
};

struct path_rule {
    uint64_t access;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    uint64_t access, port;
};

static uint64_t files(int version) {
    return FIRST | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0) | (version >= 5 ? IOCTL_DEV : 0);
}

int cspawn_landlock_version(void) {
    long version = syscall(CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

int cspawn_landlock_create(int version) {
    struct ruleset set = {
        .files = files(version),
        .network = version >= 4 ? BIND_TCP : 0,
        .scope = version >= 6 ? SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS : 0,
    };
    size_t size = version >= 6 ? sizeof set : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    long descriptor = syscall(CREATE_RULESET, &set, size, 0);
    if (descriptor < 0) return -errno;
    // A port of the system's choice takes nobody's place; clients ask for one, too.
    struct port_rule any = {.access = BIND_TCP, .port = 0};
    if (version >= 4 && syscall(ADD_RULE, (int)descriptor, RULE_NET_PORT, &any, 0) != 0) {
        int code = errno;
        close((int)descriptor);
        return -code;
    }
    return (int)descriptor;
}

int cspawn_landlock_allow(int ruleset, int version, const char *path, enum cspawn_access access) {
    static const uint64_t wanted[] = {
        [CSPAWN_READ] = EXECUTE | READ_FILE | READ_DIR,
        [CSPAWN_WRITE] = ~(uint64_t)(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV),
        [CSPAWN_DEVICE] = READ_FILE | WRITE_FILE | IOCTL_DEV,
    };
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return errno;
    struct stat status;
    int code = fstat(place, &status) != 0 ? errno : 0;
    if (code == 0) {
        struct path_rule rule = {.access = wanted[access] & files(version), .parent = place};
        if (!S_ISDIR(status.st_mode)) rule.access &= OF_FILES;
        if (syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) code = errno;
    }
    close(place);
    return code;
}

int cspawn_landlock_enter(int ruleset) { return syscall(RESTRICT_SELF, ruleset, 0) != 0 ? errno : 0; }
