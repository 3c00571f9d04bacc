/* SPDX-License-Identifier: MIT */
/* file.c: whole files in, atomic files out. A reader of the written file sees the old content or the new,
 * never a part: the temporary file is synced before it takes the name, and the folder after. */
#include "base/file.h"

#include "base/error.h"
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
    case EISDIR:
        return "name a file, not a folder";
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

static dsc_status read_open_file(unsigned char **data, size_t *size, int fd, const char *path, size_t limit,
                                 dsc_error *error) {
    struct stat info;
    if (fstat(fd, &info)) return dsc_fail_system(error, path, "cannot be examined");
    if (S_ISDIR(info.st_mode))
        return dsc_fail(error, DSC_ERROR_IO, "%s: is a folder, expected a file; name a file in it", path);
    /* A pipe has no size: then the buffer grows as it fills. */
    size_t capacity = S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size + 1 : 4096;
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
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return dsc_fail_system(error, path, "cannot be opened");
    dsc_status status = read_open_file(data, size, fd, path, limit, error);
    (void)close(fd);
    return status;
}

struct dsc_file_writer {
    int fd;
    char *path, *temporary;
};

char *dsc_path_join(const char *folder, const char *name) {
    size_t a = strlen(folder), b = strlen(name);
    char *path = malloc(a + b + 2);
    if (!path) return NULL;
    memcpy(path, folder, a);
    if (a && folder[a - 1] != '/') path[a++] = '/';
    memcpy(path + a, name, b + 1);
    return path;
}

static void writer_free(dsc_file_writer *writer) {
    if (!writer) return;
    if (writer->fd >= 0) (void)close(writer->fd);
    free(writer->path);
    free(writer->temporary);
    free(writer);
}

/* A new file beside `path`. Not mkstemp: its files are for their owner alone, and open's mode obeys the umask. */
static int open_temporary(char *name, size_t size, const char *path) {
    for (unsigned attempt = 0;; attempt++) {
        (void)snprintf(name, size, "%s.%ld-%u.tmp", path, (long)getpid(), attempt);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST || attempt == 999) return fd;
    }
}

dsc_status dsc_file_writer_open(dsc_file_writer **result, const char *path, dsc_error *error) {
    *result = NULL;
    dsc_file_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return dsc_fail_memory(error, sizeof *writer, path);
    writer->fd = -1;
    size_t length = strlen(path) + 64;
    writer->path = strdup(path);
    writer->temporary = malloc(length);
    if (!writer->path || !writer->temporary) {
        writer_free(writer);
        return dsc_fail_memory(error, length, path);
    }
    writer->fd = open_temporary(writer->temporary, length, path);
    if (writer->fd < 0) {
        dsc_status status = dsc_fail_system(error, path, "cannot be written");
        writer_free(writer);
        return status;
    }
    *result = writer;
    return DSC_OK;
}

dsc_status dsc_file_writer_append(dsc_file_writer *writer, const void *data, size_t size, dsc_error *error) {
    const unsigned char *next = data;
    while (size) {
        ssize_t n = write(writer->fd, next, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return dsc_fail_system(error, writer->path, "cannot be written");
        next += n;
        size -= (size_t)n;
    }
    return DSC_OK;
}

static void sync_folder_of(const char *path) {
    char *copy = strdup(path);
    if (!copy) return;
    char *slash = strrchr(copy, '/');
    if (slash) slash[slash == copy ? 1 : 0] = '\0';
    int fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0) return;
    (void)fsync(fd); /* some file systems cannot; the rename is done either way */
    (void)close(fd);
}

static dsc_status finish(dsc_file_writer *writer, bool sync, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (sync && fsync(writer->fd)) status = dsc_fail_system(error, writer->path, "cannot be written");
    int closed = close(writer->fd);
    writer->fd = -1;
    if (!status && closed) status = dsc_fail_system(error, writer->path, "cannot be written");
    if (!status && rename(writer->temporary, writer->path))
        status = dsc_fail_system(error, writer->path, "cannot be replaced");
    if (status) {
        (void)unlink(writer->temporary);
    } else if (sync) {
        sync_folder_of(writer->path);
    }
    writer_free(writer);
    return status;
}

dsc_status dsc_file_writer_commit(dsc_file_writer *writer, dsc_error *error) {
    return finish(writer, true, error);
}

dsc_status dsc_file_writer_commit_unsynced(dsc_file_writer *writer, dsc_error *error) {
    return finish(writer, false, error);
}

void dsc_file_writer_abort(dsc_file_writer *writer) {
    if (!writer) return;
    (void)unlink(writer->temporary);
    writer_free(writer);
}

dsc_status dsc_file_write(const char *path, const void *data, size_t size, dsc_error *error) {
    dsc_file_writer *writer;
    dsc_status status = dsc_file_writer_open(&writer, path, error);
    if (status) return status;
    status = dsc_file_writer_append(writer, data, size, error);
    if (status) {
        dsc_file_writer_abort(writer);
        return status;
    }
    return dsc_file_writer_commit(writer, error);
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
