/* The calls of libc that change files without writing bytes: names, sizes, flushes. */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHANGE(judged, does)                             \
    do {                                                 \
        enum verdict found = (judged);                   \
        if (found == REFUSE)                             \
            return -1;                                   \
        long result = (does);                            \
        return (int)(found == PARTLY ? after(result) : result); \
    } while (0)

static int opened(int folder, const char *path, int flags, mode_t mode)
{
    int changes = flags & (O_CREAT | O_TRUNC) || (flags & O_TMPFILE) == O_TMPFILE;
    CHANGE(changes ? judge_at(TAKES_ROOM, "open", folder, path) : GO,
           syscall(SYS_openat, folder, path, flags, mode));
}

#define MODE(mode)                                                \
    mode_t mode = 0;                                              \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {    \
        va_list rest;                                             \
        va_start(rest, flags);                                    \
        mode = va_arg(rest, mode_t);                              \
        va_end(rest);                                             \
    }

#define OPEN(name)                              \
    int name(const char *path, int flags, ...)  \
    {                                           \
        MODE(mode)                              \
        return opened(AT_FDCWD, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                       \
    int name(int folder, const char *path, int flags, ...) \
    {                                                      \
        MODE(mode)                                         \
        return opened(folder, path, flags, mode);          \
    }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode)
{
    return opened(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

#define FOPEN(name)                                                                 \
    FILE *name(const char *path, const char *mode)                                  \
    {                                                                               \
        static FILE *(*real)(const char *, const char *);                           \
        if (!real)                                                                  \
            real = dlsym(RTLD_NEXT, #name);                                         \
        enum verdict found =                                                        \
            strpbrk(mode, "wa") ? judge_at(TAKES_ROOM, "fopen", AT_FDCWD, path) : GO; \
        if (found == REFUSE)                                                        \
            return NULL;                                                            \
        FILE *stream = real(path, mode);                                            \
        if (found == PARTLY)                                                        \
            after(0);                                                               \
        return stream;                                                              \
    }
FOPEN(fopen)
FOPEN(fopen64)

int fsync(int fd)
{
    CHANGE(judge_fd(CHANGES, "fsync", fd, 0), syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
    CHANGE(judge_fd(CHANGES, "fdatasync", fd, 0), syscall(SYS_fdatasync, fd));
}

#define FTRUNCATE(name)                                                                     \
    int name(int fd, off_t size)                                                            \
    {                                                                                       \
        CHANGE(judge_fd(CHANGES, "ftruncate", fd, 0), syscall(SYS_ftruncate, fd, size));    \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define TRUNCATE(name)                                                                             \
    int name(const char *path, off_t size)                                                         \
    {                                                                                              \
        CHANGE(judge_at(CHANGES, "truncate", AT_FDCWD, path), syscall(SYS_truncate, path, size));  \
    }
TRUNCATE(truncate)
TRUNCATE(truncate64)

#define FALLOCATE(name)                                             \
    int name(int fd, int mode, off_t start, off_t size)             \
    {                                                               \
        CHANGE(judge_fd(TAKES_ROOM, "fallocate", fd, 0),            \
               syscall(SYS_fallocate, fd, mode, start, size));      \
    }
FALLOCATE(fallocate)
FALLOCATE(fallocate64)

/* This one returns its error and leaves errno alone. */
#define POSIX_FALLOCATE(name)                                  \
    int name(int fd, off_t start, off_t size)                  \
    {                                                          \
        int kept = errno, error = 0;                           \
        if (fallocate(fd, 0, start, size) < 0)                 \
            error = errno;                                     \
        errno = kept;                                          \
        return error;                                          \
    }
POSIX_FALLOCATE(posix_fallocate)
POSIX_FALLOCATE(posix_fallocate64)

int mkdirat(int folder, const char *path, mode_t mode)
{
    CHANGE(judge_at(TAKES_ROOM, "mkdir", folder, path), syscall(SYS_mkdirat, folder, path, mode));
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int folder, const char *path, int flags)
{
    CHANGE(judge_at(CHANGES, flags & AT_REMOVEDIR ? "rmdir" : "unlink", folder, path),
           syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    int done = unlinkat(AT_FDCWD, path, 0);
    return done < 0 && errno == EISDIR ? unlinkat(AT_FDCWD, path, AT_REMOVEDIR) : done;
}

int renameat2(int from, const char *old, int to, const char *path, unsigned flags)
{
    CHANGE(judge_at(TAKES_ROOM, "rename", to, path),
           syscall(SYS_renameat2, from, old, to, path, flags));
}

int renameat(int from, const char *old, int to, const char *path)
{
    return renameat2(from, old, to, path, 0);
}

int rename(const char *old, const char *path)
{
    return renameat2(AT_FDCWD, old, AT_FDCWD, path, 0);
}

int linkat(int from, const char *old, int to, const char *path, int flags)
{
    CHANGE(judge_at(TAKES_ROOM, "link", to, path), syscall(SYS_linkat, from, old, to, path, flags));
}

int link(const char *old, const char *path)
{
    return linkat(AT_FDCWD, old, AT_FDCWD, path, 0);
}

int symlinkat(const char *old, int to, const char *path)
{
    CHANGE(judge_at(TAKES_ROOM, "symlink", to, path), syscall(SYS_symlinkat, old, to, path));
}

int symlink(const char *old, const char *path)
{
    return symlinkat(old, AT_FDCWD, path);
}

int fchmod(int fd, mode_t mode)
{
    CHANGE(judge_fd(CHANGES, "chmod", fd, 0), syscall(SYS_fchmod, fd, mode));
}

int chmod(const char *path, mode_t mode)
{
    CHANGE(judge_at(CHANGES, "chmod", AT_FDCWD, path), syscall(SYS_fchmodat, AT_FDCWD, path, mode));
}
