#pragma once
#include <spawn.h>

// glibc 2.34 and newer have it, but spawn.h shows it only with _GNU_SOURCE, which Swift's importer does not define.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Since glibc 2.29, hidden in the same way.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

// The same of sys/mman.h, since glibc 2.27: a file without a name, in memory.
extern int memfd_create(const char *name, unsigned int flags);
