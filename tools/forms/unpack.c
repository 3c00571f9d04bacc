/* SPDX-License-Identifier: MIT */
/* unpack.c: unpacks archives through libarchive; see unpack.h. libarchive reads; this file creates every file
 * and folder anew, so that no entry of the archive can lead elsewhere. */
#include "forms/unpack.h"

#include "base/error.h"

#if DESCENDER_WITH_ARCHIVE

#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "late/late.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
#define LATE_ARCHIVE(X) \
    X(archive_read_new) \
    X(archive_read_free) \
    X(archive_read_support_format_zip_seekable) \
    X(archive_read_support_format_tar) \
    X(archive_read_support_format_raw) \
    X(archive_read_support_filter_gzip) \
    X(archive_read_support_filter_bzip2) \
    X(archive_read_support_filter_xz) \
    X(archive_read_support_filter_zstd) \
    X(archive_read_open_filename) \
    X(archive_read_next_header) \
    X(archive_read_data) \
    X(archive_error_string) \
    X(archive_format) \
    X(archive_filter_bytes) \
    X(archive_read_header_position) \
    X(archive_entry_pathname) \
    X(archive_entry_pathname_utf8) \
    X(archive_entry_filetype) \
    X(archive_entry_hardlink) \
    X(archive_entry_size) \
    X(archive_entry_is_encrypted)
/* clang-format on */
typedef struct archive_functions {
    LATE_ARCHIVE(LATE_MEMBER)
} archive_functions;
static const char *const archive_names[] = {LATE_ARCHIVE(LATE_NAME) NULL};

static const size_t FILES_MOST = 1000000;
static const uint64_t BYTES_MOST = (uint64_t)1 << 34, FREE_BYTES = (uint64_t)1 << 26, RATIO_MOST = 200;
enum { CHUNK = 1 << 16, PROGRESS_FILES = 64 };

typedef struct unpacking {
    archive_functions api;
    struct archive *archive;
    const char *path;          /* of the archive */
    const char *const *wanted; /* NULL: all */
    unpacked *to;
    uint64_t size, bytes; /* of the archive; unpacked so far */
    unsigned char chunk[CHUNK];
} unpacking;

void unpacked_remove(unpacked *u) { dsc_temporary_remove(&u->folder); }

/* --- entries --- */

static dsc_status fail_damaged(const unpacking *p, dsc_error *error) {
    const char *why = p->api.archive_error_string(p->archive);
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: is damaged, or no supported archive (zip, tar, tar.gz, tar.bz2, tar.xz, tar.zst): "
                    "%.200s; copy it "
                    "again, or unpack it with another program",
                    p->path, why ? why : "it ends too early");
}

static dsc_status fail_entry(const unpacking *p, const char *name, const char *what, dsc_error *error) {
    dsc_text shown = {0};
    dsc_text_append_visible(&shown, name);
    const dsc_status status = shown.failed ? dsc_fail_memory(error, strlen(name), "a message")
                                           : dsc_fail(error, DSC_ERROR_FORMAT,
                                                      "%s: holds %.200s, %s; nothing was unpacked: unpack it "
                                                      "with another program, and check what it holds",
                                                      p->path, shown.data, what);
    dsc_text_free(&shown);
    return status;
}

/* The defect of a name, or NULL. *hidden: some part of it is hidden. */
static const char *wrong_name(bool *hidden, const char *name) {
    *hidden = false;
    if (*name == '/') return "which is an absolute name";
    while (*name) {
        const size_t length = strcspn(name, "/");
        if (length == 2 && !memcmp(name, "..", 2)) return "which leads out of the archive";
        if (length > 255) return "whose name is too long";
        if ((length > 1 && *name == '.') || (length == 8 && !memcmp(name, "__MACOSX", 8))) *hidden = true;
        name += length;
        name += *name == '/';
    }
    return NULL;
}

/* Creates the folders of `path`, which begins with the unpacked folder, up to its last slash. */
static dsc_status make_parents(const unpacking *p, char *path, dsc_error *error) {
    for (char *slash = path + strlen(p->to->folder.path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        const bool made =
            !mkdir(path, 0700) || errno == EEXIST || errno == ENOTDIR; /* the next operation reports the
                                                                        * error */
        *slash = '/';
        if (!made) return dsc_fail_system(error, p->path, "cannot be unpacked");
    }
    return DSC_OK;
}

static dsc_status write_all(const unpacking *p, int file, size_t size, dsc_error *error) {
    for (size_t done = 0; done < size;) {
        const ssize_t wrote = write(file, p->chunk + done, size - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0)
            return dsc_fail_system(error, p->path,
                                   "cannot be unpacked; set TMPDIR to a folder with more room");
        done += (size_t)wrote;
    }
    return DSC_OK;
}

static dsc_status check_bytes(const unpacking *p, dsc_error *error) {
    if (p->bytes > BYTES_MOST)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: holds more than %llu GiB, the limit for unpacking; unpack it yourself, and name the folder",
            p->path, (unsigned long long)(BYTES_MOST >> 30));
    if (p->bytes > FREE_BYTES && p->bytes / RATIO_MOST > p->size)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: unpacks to more than %llu times its size, like archives that are made to fill "
                        "the disk; if you trust it, unpack it yourself, and name the folder",
                        p->path, (unsigned long long)RATIO_MOST);
    return DSC_OK;
}

/* Reads the next bytes of the present file to p->chunk; 0 bytes at its end. */
static dsc_status read_chunk(size_t *size, unpacking *p, dsc_error *error) {
    const la_ssize_t got = p->api.archive_read_data(p->archive, p->chunk, CHUNK);
    *size = got < 0 ? 0 : (size_t)got;
    p->bytes += *size;
    return got < 0 ? fail_damaged(p, error) : check_bytes(p, error);
}

static dsc_status copy(unpacking *p, int file, dsc_error *error) {
    size_t size;
    dsc_status status = read_chunk(&size, p, error);
    while (!status && size) {
        status = write_all(p, file, size, error);
        if (!status) status = read_chunk(&size, p, error);
    }
    return status;
}

static dsc_status unpack_file(unpacking *p, const char *name, dsc_error *error) {
    char *path = dsc_path_join(p->to->folder.path, name);
    if (!path) return dsc_fail_memory(error, strlen(name), "a path");
    int file = -1;
    dsc_status status = make_parents(p, path, error);
    if (!status) {
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file < 0 && (errno == EEXIST || errno == EISDIR))
            status = fail_entry(p, name, "which occurs twice in it", error);
        else if (file < 0 && errno == ENOTDIR)
            status = fail_entry(p, name, "which has a file as a part of its path", error);
        else if (file < 0)
            status = dsc_fail_system(error, p->path, "cannot be unpacked");
    }
    free(path);
    if (!status) status = copy(p, file, error);
    if (file >= 0 && close(file) && !status) status = dsc_fail_system(error, p->path, "cannot be unpacked");
    p->to->files++;
    return status;
}

static bool is_wanted(const unpacking *p, const char *name) {
    const char *slash = strrchr(name, '/');
    if (!p->wanted) return true;
    for (size_t i = 0; p->wanted[i]; i++)
        if (!strcmp(p->wanted[i], slash ? slash + 1 : name)) return true;
    return false;
}

static bool is_tar(const unpacking *p) {
    return (p->api.archive_format(p->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

/* A tar is a stream, in which a file that is not wanted is decompressed too, so it counts. */
static dsc_status pass_over(unpacking *p, struct archive_entry *entry, dsc_error *error) {
    const int64_t size = is_tar(p) ? p->api.archive_entry_size(entry) : 0;
    if (size > 0) p->bytes += (uint64_t)size;
    return check_bytes(p, error);
}

static dsc_status unpack_entry(unpacking *p, struct archive_entry *entry, dsc_error *error) {
    const char *name = p->api.archive_entry_pathname_utf8(entry);
    if (!name) name = p->api.archive_entry_pathname(entry); /* bytes of unknown encoding, unchanged */
    if (!name) return fail_damaged(p, error);
    const unsigned type = p->api.archive_entry_filetype(entry);
    bool hidden;
    const char *wrong = wrong_name(&hidden, name);
    if (wrong) return fail_entry(p, name, wrong, error);
    if (type == AE_IFDIR || !is_wanted(p, name))
        return pass_over(p, entry, error); /* folders are created when they receive a file */
    if (hidden) {
        p->to->passed_over++;
        return pass_over(p, entry, error);
    }
    if (type == AE_IFLNK || p->api.archive_entry_hardlink(entry))
        return fail_entry(p, name, "which is a link", error);
    if (type != AE_IFREG) return fail_entry(p, name, "which is no file, but a device or similar", error);
    if (p->api.archive_entry_is_encrypted(entry)) return fail_entry(p, name, "which is encrypted", error);
    while (!strncmp(name, "./", 2)) name += 2;
    if (!*name || name[strlen(name) - 1] == '/') return fail_entry(p, name, "a file without a name", error);
    return unpack_file(p, name, error);
}

/* A tar ends with blocks of zeros, which libarchive has read when it finds no further entry. An archive
 * truncated between two files lacks them and would otherwise pass as complete. */
static dsc_status check_end(const unpacking *p, dsc_error *error) {
    const int64_t at = p->api.archive_read_header_position(p->archive);
    if (!is_tar(p) || p->api.archive_filter_bytes(p->archive, 0) > at) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: ends after %lld bytes of tar without the final zeros: it was probably cut off; copy "
                    "or download it again, or, if it is complete, unpack it yourself, and name the folder",
                    p->path, (long long)at);
}

static dsc_status unpack_all(unpacking *p,
                             int (*on_progress)(void *user, const char *what, size_t done, size_t count),
                             void *user, dsc_error *error) {
    for (size_t entries = 0;; entries++) {
        struct archive_entry *entry;
        const int code = p->api.archive_read_next_header(p->archive, &entry);
        if (code == ARCHIVE_EOF) return check_end(p, error);
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return fail_damaged(p, error);
        if (entries == FILES_MOST)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                            "%s: holds more than %zu files, the limit for unpacking; unpack it yourself, and "
                            "name the folder",
                            p->path, FILES_MOST);
        dsc_status status = unpack_entry(p, entry, error);
        if (status) return status;
        if (on_progress && entries % PROGRESS_FILES == 0 && on_progress(user, "unpacking", entries, 0))
            return dsc_fail(error, DSC_ERROR_STOPPED, "stopped after unpacking %zu files", entries);
    }
}

/* `alone`: one packed file, which holds no others. */
static dsc_status open_archive(unpacking *p, bool alone, dsc_error *error) {
    const archive_functions *api = &p->api;
    struct stat info;
    if (stat(p->path, &info)) return dsc_fail_system(error, p->path, "cannot be read");
    p->size = (uint64_t)info.st_size;
    p->archive = api->archive_read_new();
    if (!p->archive) return dsc_fail_memory(error, 0, p->path);
    /* Not as a stream, which would accept a ZIP file without its end as a shorter one. */
    if (alone) {
        (void)api->archive_read_support_format_raw(p->archive);
    } else {
        (void)api->archive_read_support_format_zip_seekable(p->archive);
        (void)api->archive_read_support_format_tar(p->archive);
    }
    (void)api->archive_read_support_filter_gzip(p->archive);
    (void)api->archive_read_support_filter_bzip2(p->archive);
    (void)api->archive_read_support_filter_xz(p->archive);
    (void)api->archive_read_support_filter_zstd(p->archive);
    return api->archive_read_open_filename(p->archive, p->path, CHUNK) == ARCHIVE_OK ? DSC_OK
                                                                                     : fail_damaged(p, error);
}

static dsc_status start(unpacking **p, const char *path, dsc_error *error) {
    *p = dsc_allocate(1, sizeof **p);
    if (!*p) return dsc_fail_memory(error, sizeof **p, path);
    (*p)->path = path;
    dsc_status status = late_load(&(*p)->api, archive_names, DESCENDER_ARCHIVE_SONAME, error);
    if (!status) return DSC_OK;
    free(*p);
    *p = NULL;
    return dsc_error_context(error, status, "%s", path);
}

static void finish(unpacking *p) {
    if (p->archive) (void)p->api.archive_read_free(p->archive);
    free(p);
}

dsc_status unpack(unpacked *u, const char *path, const char *const *wanted,
                  int (*on_progress)(void *user, const char *what, size_t done, size_t count), void *user,
                  dsc_error *error) {
    *u = (unpacked){.folder.lock = -1};
    unpacking *p;
    dsc_status status = start(&p, path, error);
    if (status) return status;
    p->to = u;
    p->wanted = wanted;
    status = open_archive(p, false, error);
    if (!status) status = dsc_temporary_make(&u->folder, "archive", error);
    if (!status) status = unpack_all(p, on_progress, user, error);
    finish(p);
    return status;
}

static dsc_status read_alone(dsc_text *text, unpacking *p, size_t limit, dsc_error *error) {
    struct archive_entry *entry;
    const int code = p->api.archive_read_next_header(p->archive, &entry);
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return fail_damaged(p, error);
    for (size_t size;;) {
        const dsc_status status = read_chunk(&size, p, error);
        if (status || !size) return status;
        if (p->bytes > limit)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: unpacks to more than %zu bytes, the limit",
                            p->path, limit);
        dsc_text_append_bytes(text, p->chunk, size);
        if (text->failed) return dsc_fail_memory(error, (size_t)p->bytes, p->path);
    }
}

dsc_status unpack_file_alone(unsigned char **bytes, size_t *size, const char *path, size_t limit,
                             dsc_error *error) {
    dsc_text text = {0};
    unpacking *p;
    *bytes = NULL;
    *size = 0;
    dsc_status status = start(&p, path, error);
    if (status) return status;
    status = open_archive(p, true, error);
    if (!status) status = read_alone(&text, p, limit, error);
    finish(p);
    if (!status) dsc_text_append(&text, "%s", ""); /* an empty file has its zero byte, too */
    if (!status && text.failed) status = dsc_fail_memory(error, 1, path);
    if (status) {
        dsc_text_free(&text);
        return status;
    }
    *bytes = (unsigned char *)text.data;
    *size = text.length;
    return DSC_OK;
}

#else

dsc_status unpack(unpacked *u, const char *path, const char *const *wanted,
                  int (*on_progress)(void *user, const char *what, size_t done, size_t count), void *user,
                  dsc_error *error) {
    (void)wanted, (void)on_progress, (void)user;
    *u = (unpacked){.folder.lock = -1};
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: is an archive, but this build has no libarchive; unpack it, and name the folder; or "
                    "install libarchive-dev and build again",
                    path);
}

dsc_status unpack_file_alone(unsigned char **bytes, size_t *size, const char *path, size_t limit,
                             dsc_error *error) {
    (void)limit;
    *bytes = NULL;
    *size = 0;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: is compressed, but this build has no libarchive; unpack it, or install "
                    "libarchive-dev and build again",
                    path);
}

void unpacked_remove(unpacked *u) { (void)u; }

#endif
