/* The calls of libc that put bytes into files. */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define WRITE(call, fd, size, whole, part)              \
    do {                                                \
        enum verdict found = judge_fd(WRITES, call, fd, size); \
        if (found == REFUSE)                            \
            return -1;                                  \
        return found == PARTLY ? after(part) : (whole); \
    } while (0)

ssize_t write(int fd, const void *data, size_t size)
{
    WRITE("write", fd, size, syscall(SYS_write, fd, data, size),
          syscall(SYS_write, fd, data, size / 2));
}

#define PWRITE(name)                                                              \
    ssize_t name(int fd, const void *data, size_t size, off_t offset)             \
    {                                                                             \
        WRITE("pwrite", fd, size, syscall(SYS_pwrite64, fd, data, size, offset),  \
              syscall(SYS_pwrite64, fd, data, size / 2, offset));                 \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

static size_t size_of(const struct iovec *parts, int count)
{
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += parts[i].iov_len;
    return size;
}

/* Half of what a vector holds, by plain writes; offset -1 is where the file stands. */
static ssize_t half_of(int fd, const struct iovec *parts, int count, off_t offset)
{
    size_t wanted = size_of(parts, count) / 2, done = 0;
    for (int i = 0; i < count && done < wanted; i++) {
        size_t size = parts[i].iov_len < wanted - done ? parts[i].iov_len : wanted - done;
        ssize_t got = offset < 0 ? syscall(SYS_write, fd, parts[i].iov_base, size)
                                 : syscall(SYS_pwrite64, fd, parts[i].iov_base, size, offset + (off_t)done);
        if (got < 0)
            return done ? (ssize_t)done : -1;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    WRITE("writev", fd, size_of(parts, count), syscall(SYS_writev, fd, parts, count),
          half_of(fd, parts, count, -1));
}

#define PWRITEV(name, flagged, flags)                                                        \
    ssize_t name flagged                                                                     \
    {                                                                                        \
        WRITE("pwritev", fd, size_of(parts, count),                                          \
              syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags),                     \
              half_of(fd, parts, count, offset));                                            \
    }
PWRITEV(pwritev, (int fd, const struct iovec *parts, int count, off_t offset), 0)
PWRITEV(pwritev64, (int fd, const struct iovec *parts, int count, off_t offset), 0)
PWRITEV(pwritev2, (int fd, const struct iovec *parts, int count, off_t offset, int flags), flags)
PWRITEV(pwritev64v2, (int fd, const struct iovec *parts, int count, off_t offset, int flags), flags)

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags)
{
    WRITE("copy_file_range", out, size, syscall(SYS_copy_file_range, in, from, out, to, size, flags),
          syscall(SYS_copy_file_range, in, from, out, to, size / 2, flags));
}

#define SENDFILE(name)                                                             \
    ssize_t name(int out, int in, off_t *offset, size_t size)                      \
    {                                                                              \
        WRITE("sendfile", out, size, syscall(SYS_sendfile, out, in, offset, size), \
              syscall(SYS_sendfile, out, in, offset, size / 2));                   \
    }
SENDFILE(sendfile)
SENDFILE(sendfile64)

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    static size_t (*real)(const void *, size_t, size_t, FILE *);
    if (!real)
        real = dlsym(RTLD_NEXT, "fwrite");
    int fd = fileno(stream);
    enum verdict found = fd < 0 ? GO : judge_fd(WRITES, "fwrite", fd, size * count);
    if (found == REFUSE)
        return 0;
    size_t done = real(data, size, found == PARTLY ? count / 2 : count, stream);
    if (found == PARTLY) {
        fflush(stream);
        after(0);
        errno = ENOSPC;
    }
    return done;
}
