/* SPDX-License-Identifier: MIT */
/* system.c: the system calls of the hostile build. The linker's --wrap redirects the program's own calls
 * to these. Each does less than requested, as POSIX allows for every file and socket, and sometimes
 * nothing, with EINTR. A short request is served byte by byte; a long one in larger parts, so that the
 * tests end. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { BYTE_BY_BYTE = 512, EACH_INTERRUPTED = 5 };

static atomic_uint calls;

/* True: this call is interrupted. Otherwise *size is the most it may do. */
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

ssize_t __real_send(int socket, const void *bytes, size_t size, int flags);
ssize_t __wrap_send(int socket, const void *bytes, size_t size, int flags);
ssize_t __wrap_send(int socket, const void *bytes, size_t size, int flags) {
    return is_interrupted(&size) ? -1 : __real_send(socket, bytes, size, flags);
}

ssize_t __real_recv(int socket, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int socket, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int socket, void *bytes, size_t size, int flags) {
    return is_interrupted(&size) ? -1 : __real_recv(socket, bytes, size, flags);
}

/* Output is not buffered: each part of the printed text is a separate write. */
__attribute__((constructor)) static void print_at_once(void) { (void)setvbuf(stdout, NULL, _IONBF, 0); }
