/*
 * Makes one call that changes files fail, or kills the process at it. Loaded with LD_PRELOAD.
 *
 * Every call that goes through libc and changes something below a folder is counted, from 1. At
 * one number something happens. Environment variables set it at the start, inject_set() later:
 *
 *   INJECT_ROOT    the folder, absolute and without symbolic links; without it nothing is counted
 *   INJECT_AT      the number of the call; 0 only counts
 *   INJECT_ACT     kill    SIGKILL before the call
 *                  half    SIGKILL after half of a write, or right after a call that is no write
 *                  enospc  the call does nothing and fails with ENOSPC
 *                  eio     the call does nothing and fails with EIO
 *                  full    half of a write is done, and from then on nothing new finds room
 *   INJECT_STICKY  1: enospc and eio strike every later call too
 *   INJECT_LOG     a file outside the folder that gets one line a call: NUMBER CALL BYTES PATH
 *
 * Out of reach: what is written through a shared mapping (mmap), what C stdio writes by itself when
 * it flushes (fwrite and fopen are seen, fprintf is not), and system calls made without libc.
 */
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __LP64__
#error "written for 64-bit Linux: offsets are one argument of a system call"
#endif

enum act { NOTHING, KILL, HALF, ENOSPC_ACT, EIO_ACT, FULL };

static struct {
    char root[PATH_MAX];
    size_t length;
    long at;
    enum act act;
    int sticky;
    int log;
} setting = {.log = -1};

/* Shared with children that are forked: the calls of a family count together. */
static atomic_long *calls;

static enum act act_of(const char *name)
{
    static const char *const names[] = {"", "kill", "half", "enospc", "eio", "full"};
    for (int i = KILL; name && i <= FULL; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum act)i;
    return NOTHING;
}

/* Count anew, with these settings; null for root stops counting. */
void inject_set(const char *root, long at, const char *act, int sticky, const char *log)
{
    if (!calls)
        calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (setting.log >= 0)
        close(setting.log);
    setting.log = -1;
    if (log) {
        int low = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        /* A high descriptor: programs that number their own from 3 are not surprised. */
        setting.log = fcntl(low, F_DUPFD_CLOEXEC, 500);
        close(low);
    }
    setting.length = root ? strlen(root) : 0;
    snprintf(setting.root, sizeof setting.root, "%s", root ? root : "");
    setting.at = at;
    setting.act = act_of(act);
    setting.sticky = sticky;
    atomic_store(calls, 0);
}

/* How many calls were counted since inject_set. */
long inject_count(void)
{
    return calls ? atomic_load(calls) : 0;
}

__attribute__((constructor)) static void start(void)
{
    const char *at = getenv("INJECT_AT");
    const char *sticky = getenv("INJECT_STICKY");
    if (getenv("INJECT_ROOT"))
        inject_set(getenv("INJECT_ROOT"), at ? atol(at) : 0, getenv("INJECT_ACT"),
                   sticky && strcmp(sticky, "1") == 0, getenv("INJECT_LOG"));
}

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

static const char *below(const char *path)
{
    if (!setting.length || strncmp(path, setting.root, setting.length) != 0)
        return NULL;
    return path[setting.length] == '/' ? path + setting.length + 1 : path[setting.length] ? NULL : ".";
}

/* The absolute form of a path, made from a folder's descriptor or AT_FDCWD; "." and ".." folded. */
static void absolute(int folder, const char *path, char *out)
{
    char joined[2 * PATH_MAX] = "", link[64];
    size_t used = 0;
    if (path[0] != '/') {
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t got = syscall(SYS_readlinkat, AT_FDCWD, link, joined, PATH_MAX - 1);
        used = got > 0 ? (size_t)got : 0;
        joined[used++] = '/';
    }
    snprintf(joined + used, sizeof joined - used, "%s", path);
    char *end = out, *rest = joined;
    *end = 0;
    for (char *part; (part = strsep(&rest, "/"));) {
        if (!*part || strcmp(part, ".") == 0)
            continue;
        if (strcmp(part, "..") == 0) {
            while (end > out && *--end != '/')
                ;
            *end = 0;
        } else if (end - out + strlen(part) + 2 < PATH_MAX) {
            end += sprintf(end, "/%s", part);
        }
    }
}

static enum verdict judge(enum sort sort, const char *call, const char *path, size_t bytes)
{
    const char *inside = calls ? below(path) : NULL;
    if (!inside)
        return GO;
    long number = atomic_fetch_add(calls, 1) + 1;
    if (setting.log >= 0) {
        char line[PATH_MAX + 100];
        int length = snprintf(line, sizeof line, "%ld %s %zu %s\n", number, call, bytes, inside);
        syscall(SYS_write, setting.log, line, (size_t)length);
    }
    int struck = number == setting.at, later = setting.at && number > setting.at;
    if (setting.act == FULL) {
        if (struck && sort == WRITES && bytes > 1)
            return PARTLY;
        errno = ENOSPC;
        return (struck || later) && sort != CHANGES ? REFUSE : GO;
    }
    if (!struck && !(later && setting.sticky && setting.act >= ENOSPC_ACT))
        return GO;
    if (setting.act == KILL)
        die();
    if (setting.act == HALF)
        return PARTLY;
    errno = setting.act == EIO_ACT ? EIO : ENOSPC;
    return setting.act == NOTHING ? GO : REFUSE;
}

enum verdict judge_at(enum sort sort, const char *call, int folder, const char *path)
{
    char whole[PATH_MAX];
    absolute(folder, path, whole);
    return judge(sort, call, whole, 0);
}

enum verdict judge_fd(enum sort sort, const char *call, int fd, size_t bytes)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t got = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (got <= 0)
        return GO;
    path[got] = 0;
    return judge(sort, call, path, bytes);
}

ssize_t after(ssize_t result)
{
    if (setting.act == HALF)
        die();
    return result;
}
