/* SPDX-License-Identifier: MIT */
/* system.c: the system calls of the hostile build. The linker's --wrap sends the program's own calls through
 * these: each does less than was asked for, as POSIX allows for every file, and now and then nothing, with
 * EINTR. A short request is served byte by byte; of a long one so much is done that the tests end. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

enum { BYTE_BY_BYTE = 512, EACH_INTERRUPTED = 5 };

static atomic_uint calls;

/* True: this call is interrupted. Else *size is what it may do at most. */
static bool is_interrupted(size_t *size) {
    unsigned n = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    if (n % EACH_INTERRUPTED == 0) {
        errno = EINTR;
        return true;
    }
    if (*size > BYTE_BY_BYTE)
        *size = *size / 3 + n % 7;
    else if (*size > 1)
        *size = 1;
    return false;
}

ssize_t __real_read(int file, void *bytes, size_t size);
ssize_t __wrap_read(int file, void *bytes, size_t size);
ssize_t __wrap_read(int file, void *bytes, size_t size) {
    return is_interrupted(&size) ? -1 : __real_read(file, bytes, size);
}

ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size) {
    return is_interrupted(&size) ? -1 : __real_write(file, bytes, size);
}

ssize_t __real_pread(int file, void *bytes, size_t size, off_t at);
ssize_t __wrap_pread(int file, void *bytes, size_t size, off_t at);
ssize_t __wrap_pread(int file, void *bytes, size_t size, off_t at) {
    return is_interrupted(&size) ? -1 : __real_pread(file, bytes, size, at);
}

ssize_t __real_pwrite(int file, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t at) {
    return is_interrupted(&size) ? -1 : __real_pwrite(file, bytes, size, at);
}

/* Nothing waits in a buffer: each part of what is printed is a write of its own. */
__attribute__((constructor)) static void print_at_once(void) { (void)setvbuf(stdout, NULL, _IONBF, 0); }
