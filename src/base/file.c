/* SPDX-License-Identifier: MIT */
/* file.c: opens and reads files, joins paths, creates folders, and reports system errors. */
#include "base/file.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *remedy(int code) {
    switch (code) {
    case ENOENT:
        return "check the path";
    case EACCES:
    case EPERM:
        return "check its permissions";
    case ENOSPC:
    case EDQUOT:
        return "free some space, then try again";
    case EROFS:
        return "choose a folder that can be written";
    case ENOTDIR:
        return "a part of the path is a file, not a folder: name another path";
    case EISDIR:
        return "name a file, not a folder";
    case EFBIG:
        return "raise the limit on the size of files (ulimit -f), then try again";
    case ENAMETOOLONG:
        return "choose a shorter name";
    case ELOOP:
        return "its symbolic links form a cycle: name another file";
    case EPIPE:
        return "its reader has ended: keep the reader running";
    case EMFILE:
    case ENFILE:
        return "close other files, or raise the limit on open ones (ulimit -n)";
    default:
        return "check the path and the disk";
    }
}

dsc_status(dsc_fail_system)(dsc_error *error, const char *path, const char *what) {
    int code = errno;
    char reason[128];
    const char *text = strerror_r(code, reason, sizeof reason);
    return dsc_fail(error, code == ENOMEM ? DSC_ERROR_MEMORY : DSC_ERROR_IO, "%s: %s: %s; %s", path, what,
                    text, remedy(code));
}

int dsc_above_streams(int fd) {
    if (fd < 0 || fd > STDERR_FILENO) return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), code = errno;
    (void)close(fd);
    errno = code;
    return higher;
}

int dsc_open_at(int folder, const char *path, int flags, unsigned mode) {
    int fd = openat(folder, path, flags | O_CLOEXEC, (mode_t)mode);
    return dsc_above_streams(fd);
}

static dsc_status read_open_file(unsigned char **data, size_t *size, int fd, const char *path, size_t limit,
                                 dsc_error *error) {
    struct stat info;
    if (fstat(fd, &info)) return dsc_fail_system(error, path, "cannot be examined");
    if (S_ISDIR(info.st_mode))
        return dsc_fail(error, DSC_ERROR_IO, "%s: is a folder, expected a file; name a file in it", path);
    /* A pipe has no size: its buffer grows. */
    size_t capacity =
        S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size + 1 : DSC_USUALLY(4096, 2);
    if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size > limit)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: has %jd bytes, more than the %zu that are read at most",
                        path, (intmax_t)info.st_size, limit);
    unsigned char *buffer = malloc(capacity);
    if (!buffer) return dsc_fail_memory(error, capacity, path);
    size_t length = 0;
    for (;;) {
        if (length + 1 >= capacity && !dsc_grow(&buffer, &capacity, capacity + 1, 1)) {
            free(buffer);
            return dsc_fail_memory(error, capacity, path);
        }
        ssize_t n = read(fd, buffer + length, capacity - length - 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            free(buffer);
            return dsc_fail_system(error, path, "cannot be read");
        }
        if (n == 0) break;
        length += (size_t)n;
        if (length > limit) {
            free(buffer);
            return dsc_fail(error, DSC_ERROR_FORMAT, "%s: has more than the %zu bytes that are read at most",
                            path, limit);
        }
    }
    buffer[length] = 0;
    *data = buffer;
    *size = length;
    return DSC_OK;
}

dsc_status dsc_file_read(unsigned char **data, size_t *size, const char *path, size_t limit,
                         dsc_error *error) {
    *data = NULL;
    *size = 0;
    int fd = dsc_open_at(AT_FDCWD, path, O_RDONLY, 0);
    if (fd < 0) return dsc_fail_system(error, path, "cannot be opened");
    dsc_status status = read_open_file(data, size, fd, path, limit, error);
    (void)close(fd);
    return status;
}

char *dsc_path_join(const char *folder, const char *name) {
    size_t a = strlen(folder), b = strlen(name);
    char *path = malloc(a + b + 2);
    if (!path) return NULL;
    memcpy(path, folder, a);
    if (a && folder[a - 1] != '/') path[a++] = '/';
    memcpy(path + a, name, b + 1);
    return path;
}

char *dsc_path_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

bool dsc_is_there(const char *path) {
    struct stat info;
    return !lstat(path, &info);
}

bool dsc_is_same_file(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool dsc_is_still_named(int fd, int folder, const char *name) {
    struct stat held, named;
    return !fstat(fd, &held) && !fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) &&
           dsc_is_same_file(&held, &named);
}

bool dsc_is_folder(const char *path) {
    struct stat info;
    return path && !stat(path, &info) && S_ISDIR(info.st_mode);
}

dsc_status dsc_folder_make(const char *path, dsc_error *error) {
    char *copy = strdup(path);
    if (!copy) return dsc_fail_memory(error, strlen(path) + 1, path);
    dsc_status status = DSC_OK;
    for (char *p = copy + 1;; p++) {
        if (*p && *p != '/') continue;
        char end = *p;
        *p = '\0';
        struct stat info;
        if (mkdir(copy, 0777) && (errno != EEXIST || stat(copy, &info) || !S_ISDIR(info.st_mode))) {
            if (errno == 0 || errno == EEXIST) errno = ENOTDIR;
            status = dsc_fail_system(error, copy, "cannot be made as a folder");
            break;
        }
        if (!end) break;
        *p = end;
    }
    free(copy);
    return status;
}
