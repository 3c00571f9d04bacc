/* SPDX-License-Identifier: MIT */
/* kill_at.c: preloaded (LD_PRELOAD) into a program. Kills it at its n-th call that changes a file,
 * $KILL_AT = n, counted from 1: right before the call, or, if $KILL_TORN is not empty and the call writes,
 * after half of the bytes. So the tests reach every moment at which a killed program can leave something
 * behind. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static long last = -1;
static bool torn;

__attribute__((constructor)) static void prepare(void) {
    const char *text = getenv("KILL_AT"), *half = getenv("KILL_TORN");
    if (text) last = strtol(text, NULL, 10);
    torn = half && *half;
}

/* Returns whether the program dies in this call. */
static bool is_last(void) { return atomic_fetch_add(&calls, 1) + 1 == last; }

static void die(void) {
    (void)kill(getpid(), SIGKILL);
    for (;;) (void)pause();
}

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* A call that changes a file at once or not at all. */
#define WHOLE(type, name, parameters, arguments)                                                             \
    __attribute__((visibility("default"))) type name parameters {                                            \
        type(*next) parameters = (type(*) parameters)real(#name);                                            \
        if (is_last()) die();                                                                                \
        return next arguments;                                                                               \
    }

/* One that writes `size` bytes. */
#define PARTS(name, parameters, whole, half)                                                                 \
    __attribute__((visibility("default"))) ssize_t name parameters {                                         \
        ssize_t(*next) parameters = (ssize_t(*) parameters)real(#name);                                      \
        if (is_last()) {                                                                                     \
            if (torn) (void)!next half;                                                                      \
            die();                                                                                           \
        }                                                                                                    \
        return next whole;                                                                                   \
    }

/* A call that opens a file, with a mode if it may create it. A call that only reads changes nothing and
 * does not count. */
#define OPENS(name, parameters, arguments, arguments_and_mode)                                               \
    __attribute__((visibility("default"))) int name parameters {                                             \
        int(*next) parameters = (int(*) parameters)real(#name);                                              \
        va_list rest;                                                                                        \
        va_start(rest, flags);                                                                               \
        const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                        \
        va_end(rest);                                                                                        \
        if ((flags & (O_CREAT | O_TRUNC)) && is_last()) die();                                               \
        return flags & (O_CREAT | O_TMPFILE) ? next arguments_and_mode : next arguments;                     \
    }

WHOLE(int, fsync, (int file), (file))
WHOLE(int, fdatasync, (int file), (file))
WHOLE(int, ftruncate, (int file, off_t size), (file, size))
WHOLE(int, rename, (const char *from, const char *to), (from, to))
WHOLE(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WHOLE(int, link, (const char *from, const char *to), (from, to))
WHOLE(int, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
WHOLE(int, unlink, (const char *path), (path))
WHOLE(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
WHOLE(int, mkdir, (const char *path, mode_t mode), (path, mode))
WHOLE(int, rmdir, (const char *path), (path))
WHOLE(int, flock, (int file, int how), (file, how))
WHOLE(int, fchmod, (int file, mode_t mode), (file, mode))
PARTS(write, (int file, const void *bytes, size_t size), (file, bytes, size), (file, bytes, size / 2))
PARTS(pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at),
      (file, bytes, size / 2, at))
OPENS(open, (const char *path, int flags, ...), (path, flags), (path, flags, mode))
OPENS(openat, (int folder, const char *path, int flags, ...), (folder, path, flags),
      (folder, path, flags, mode))
