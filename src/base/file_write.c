/* SPDX-License-Identifier: MIT */
/* file_write.c: writes files; see file.h. A reader of a regular file sees either the old content or the new,
 * never a part: the temporary file is synced before it is renamed, and the folder afterwards.
 *
 * The folder stays open from the first byte to the last, so that a change of the working directory or a path
 * near the length limit cannot interfere. */
#include "base/file.h"

#include "base/error.h"
#include "base/file_target.h"
#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { COPY_BYTES = DSC_USUALLY(1 << 16, 7) };

struct dsc_file_writer {
    char *path; /* as the caller gave it */
    dsc_file_target target;
    dsc_file_way way;
    int fd;                             /* appended data goes here */
    char temporary[DSC_TEMPORARY_NAME]; /* in the target's folder; "": none */
};

static dsc_status fail_writing(const char *path, dsc_error *error) {
    return dsc_fail_system(error, path, "cannot be written");
}

static void writer_free(dsc_file_writer *writer) {
    if (!writer) return;
    if (writer->fd >= 0) (void)close(writer->fd);
    dsc_file_target_clear(&writer->target);
    free(writer->path);
    free(writer);
}

/* --- opening --- */

/* A nameless file that holds the data if no temporary file can be created beside the target. */
static int open_spool(void) {
    const char *folder = getenv("TMPDIR");
    char *path = dsc_path_join(folder && *folder ? folder : "/tmp", "descender-XXXXXX");
    if (!path) {
        errno = ENOMEM;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) (void)unlink(path);
    free(path);
    return dsc_above_streams(fd);
}

/* Copies mode, owner and group of the old file. If the group cannot be kept, it gets no more rights than
 * others have. */
static void take_over_access(int fd, const struct stat *old) {
    mode_t mode = old->st_mode & 0777;
    bool owned = !fchown(fd, old->st_uid, old->st_gid) || !fchown(fd, (uid_t)-1, old->st_gid);
    struct stat now;
    if (!owned && (fstat(fd, &now) || now.st_gid != old->st_gid)) mode &= ~(mode_t)070 | (mode & 07) << 3;
    (void)fchmod(fd, mode);
}

/* Creates a temporary file beside the target, or reports that there can be none. */
static dsc_status begin_regular(dsc_file_writer *w, dsc_error *error) {
    const dsc_file_target *t = &w->target;
    if (t->exists && faccessat(t->folder, t->name, W_OK, AT_EACCESS))
        return dsc_fail_system(error, w->path, "is write-protected");
    if (!dsc_file_is_mounted(t)) {
        w->fd = dsc_temporary_open(w->temporary, t, t->exists ? 0600 : 0666);
        if (w->fd >= 0) {
            if (t->exists) take_over_access(w->fd, &t->info);
            return DSC_OK;
        }
        w->temporary[0] = '\0';
        if (!t->exists || (errno != EACCES && errno != EPERM && errno != EROFS && errno != ENAMETOOLONG))
            return fail_writing(w->path, error);
    }
    w->way = DSC_FILE_IN_PLACE;
    w->fd = open_spool();
    return w->fd >= 0 ? DSC_OK : fail_writing(w->path, error);
}

static dsc_status begin(dsc_file_writer *w, bool rehearsing, dsc_error *error) {
    dsc_file_target *t = &w->target;
    dsc_status status = dsc_file_target_find(t, w->path, error);
    if (status || t->kind == DSC_TARGET_REGULAR) return status ? status : begin_regular(w, error);
    w->way = DSC_FILE_STREAM;
    if (t->kind == DSC_TARGET_DESCRIPTOR) {
        int flags = fcntl(t->descriptor, F_GETFL);
        if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
            errno = EBADF;
            return dsc_fail_system(error, w->path, "is not open for writing");
        }
        /* Duplicates the descriptor instead of opening the file again: earlier output stays, and a socket
         * cannot be opened. */
        w->fd = fcntl(t->descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    } else if (rehearsing) {
        return faccessat(t->folder, t->name, W_OK, AT_EACCESS) ? fail_writing(w->path, error) : DSC_OK;
    } else {
        /* A link in /proc may lead to a file that another process is writing. */
        int end = S_ISREG(t->info.st_mode) ? O_APPEND : 0;
        w->fd = dsc_open_at(t->folder, t->name, O_WRONLY | O_NOCTTY | end, 0);
    }
    return w->fd >= 0 ? DSC_OK : fail_writing(w->path, error);
}

static dsc_status make(dsc_file_writer **result, const char *path, bool rehearsing, dsc_error *error) {
    *result = NULL;
    dsc_file_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return dsc_fail_memory(error, sizeof *writer, path);
    writer->fd = -1;
    dsc_file_target_start(&writer->target);
    writer->path = strdup(path);
    dsc_status status =
        writer->path ? begin(writer, rehearsing, error) : dsc_fail_memory(error, strlen(path), path);
    if (status)
        writer_free(writer);
    else
        *result = writer;
    return status;
}

dsc_status dsc_file_writer_open(dsc_file_writer **result, const char *path, dsc_error *error) {
    return make(result, path, false, error);
}

/* --- writing --- */

/* Writes everything; false with errno. Waits if somebody made the descriptor non-blocking. */
static bool write_all(int fd, const void *data, size_t size) {
    for (const unsigned char *next = data; size;) {
        ssize_t n = write(fd, next, size);
        if (n < 0 && errno == EAGAIN) {
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        next += n;
        size -= (size_t)n;
    }
    return true;
}

dsc_status dsc_file_writer_append(dsc_file_writer *writer, const void *data, size_t size, dsc_error *error) {
    return write_all(writer->fd, data, size) ? DSC_OK : fail_writing(writer->path, error);
}

/* --- commit and abort --- */

/* Copies `from` over the target in place. Reserves the space first, so that a full disk leaves the old
 * content. */
static bool copy_in_place(const dsc_file_target *t, int from, bool sync) {
    unsigned char bytes[COPY_BYTES];
    int to = dsc_open_at(t->folder, t->name, O_WRONLY | O_NOFOLLOW, 0);
    if (to < 0) return false;
    off_t size = lseek(from, 0, SEEK_END), done = 0;
    bool good = size >= 0;
    if (good && size && fallocate(to, FALLOC_FL_KEEP_SIZE, 0, size) && errno != EOPNOTSUPP && errno != ENOSYS)
        good = false;
    while (good && done < size) {
        ssize_t n = pread(from, bytes, sizeof bytes, done);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        good = n > 0 && write_all(to, bytes, (size_t)n);
        done += n;
    }
    good = good && !ftruncate(to, size) && (!sync || !fsync(to));
    int code = errno;
    bool closed = !close(to);
    if (!good) errno = code;
    return good && closed;
}

/* Renames the temporary file to the target. `fd` reads the file, for a copy if the target turns out to be a
 * mount point. */
static bool take_name(const dsc_file_target *t, int from_folder, const char *from, int fd, bool sync) {
    if (!renameat(from_folder, from, t->folder, t->name)) {
        if (sync) (void)fsync(t->folder); /* some file systems cannot; the rename is done either way */
        return true;
    }
    if ((errno != EBUSY && errno != EXDEV) || !t->exists || !copy_in_place(t, fd, sync)) return false;
    (void)unlinkat(from_folder, from, 0);
    return true;
}

static dsc_status finish_temporary(dsc_file_writer *w, bool sync, dsc_error *error) {
    dsc_status status = sync && fsync(w->fd) ? fail_writing(w->path, error) : DSC_OK;
    /* close() may report a failed write and must come before the rename, but the lock must be held until
     * after it. */
    int keeper = fcntl(w->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int closed = close(w->fd);
    w->fd = keeper;
    if (!status && (closed || keeper < 0)) status = fail_writing(w->path, error);
    if (!status && !take_name(&w->target, w->target.folder, w->temporary, keeper, sync))
        status = dsc_fail_system(error, w->path, "cannot be replaced");
    if (status) (void)unlinkat(w->target.folder, w->temporary, 0);
    return status;
}

/* Pipes and terminals have no disk to wait for. */
static bool sync_stream(int fd) {
    return !fsync(fd) || errno == EINVAL || errno == EROFS || errno == EOPNOTSUPP || errno == ENOSYS;
}

static dsc_status finish(dsc_file_writer *w, bool sync, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (w->way == DSC_FILE_ATOMIC) {
        status = finish_temporary(w, sync, error);
    } else if (w->way == DSC_FILE_IN_PLACE) {
        if (!copy_in_place(&w->target, w->fd, sync)) status = fail_writing(w->path, error);
    } else {
        bool synced = !sync || sync_stream(w->fd);
        int closed = close(w->fd);
        w->fd = -1;
        if (!synced || closed) status = fail_writing(w->path, error);
    }
    writer_free(w);
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
    if (*writer->temporary) (void)unlinkat(writer->target.folder, writer->temporary, 0);
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

dsc_status dsc_file_place(const char *from, const char *path, dsc_error *error) {
    dsc_file_target t;
    dsc_file_target_start(&t);
    dsc_status status = dsc_file_target_find(&t, path, error);
    if (!status && t.kind != DSC_TARGET_REGULAR)
        status = dsc_fail(error, DSC_ERROR_IO, "%s: is no regular file; name another", path);
    if (!status) {
        int fd = dsc_open_at(AT_FDCWD, from, O_RDONLY, 0);
        if (fd < 0 || !take_name(&t, AT_FDCWD, from, fd, true))
            status = dsc_fail_system(error, path, "cannot be replaced");
        if (fd >= 0) (void)close(fd);
    }
    dsc_file_target_clear(&t);
    return status;
}

/* --- rehearsal --- */

dsc_status dsc_file_rehearse(dsc_file_way *way, const char *path, uint64_t bytes, dsc_error *error) {
    dsc_file_writer *writer;
    dsc_status status = make(&writer, path, true, error);
    if (status) return status;
    struct rlimit limit;
    if (way) *way = writer->way;
    if (writer->way != DSC_FILE_STREAM && !getrlimit(RLIMIT_FSIZE, &limit) &&
        limit.rlim_cur != RLIM_INFINITY && bytes > limit.rlim_cur)
        status = dsc_fail(error, DSC_ERROR_IO,
                          "%s: cannot be written: it needs %llu bytes, but files are limited to %llu; raise "
                          "the limit on the size of files (ulimit -f)",
                          path, (unsigned long long)bytes, (unsigned long long)limit.rlim_cur);
    dsc_file_writer_abort(writer);
    return status;
}

dsc_status dsc_space_check(const char *folder, uint64_t bytes, dsc_error *error) {
    struct statvfs disk;
    if (statvfs(folder, &disk) || !disk.f_blocks) return DSC_OK;
    uint64_t blocks = geteuid() ? disk.f_bavail : disk.f_bfree;
    if (bytes / disk.f_frsize < blocks) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_IO,
                    "%s: needs %llu bytes there, but only %llu are free; free some space, or name a folder "
                    "on another disk",
                    folder, (unsigned long long)bytes, (unsigned long long)(blocks * disk.f_frsize));
}
