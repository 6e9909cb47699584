/* What the wrappers of libc's calls ask before they do anything. See inject.c. */
#ifndef INJECT_H
#define INJECT_H

#define _GNU_SOURCE
#include <stddef.h>
#include <sys/types.h>

/* PARTLY: do half of it, then return what after() makes of the result. REFUSE: errno is set. */
enum verdict { GO, REFUSE, PARTLY };
/* A call puts bytes on the disk, takes room there without bytes, or only changes what is there. */
enum sort { WRITES, TAKES_ROOM, CHANGES };

/* Count a call on a path that stands in a folder (a descriptor, or AT_FDCWD). */
enum verdict judge_at(enum sort sort, const char *call, int folder, const char *path);
/* Count a call on an open file. */
enum verdict judge_fd(enum sort sort, const char *call, int fd, size_t bytes);
/* Die if the call was to be the last one; on a disk that is full the process goes on. */
ssize_t after(ssize_t result);

#endif
