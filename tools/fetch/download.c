/* SPDX-License-Identifier: MIT */
/* download.c: downloads a file of known checksum from the first mirror that has it.
 *
 * The bytes go to NAME.part. Other processes are excluded by a lock (flock) on that file, so no lock file
 * remains, and a process that dies releases the lock. A process that waited must check that the locked file
 * still has its name: the previous owner may have finished and renamed it. */
#include "fetch/download.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "fetch/sha256.h"
#include "fetch/transfer.h"
#include "fetch/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ATTEMPTS   8   /* at one mirror, while each makes progress */
#define TICK       0.1 /* seconds between calls of on_progress */
#define WAIT_NANOS 50000000L

typedef struct job {
    const dsc_known_file *file;
    const fetch_options *options;
    char *path, *part;
    int fd; /* of `part`, locked; -1: none */
    double last_tick, began;
    uint64_t began_bytes;
    dsc_text reasons; /* each mirror's failure: "URL: reason; URL: reason" */
} job;

/* --- progress --- */

static int report(job *j, uint64_t bytes) {
    const fetch_options *o = j->options;
    double now = dsc_clock();
    if (!o->on_progress || now - j->last_tick < TICK) return 0;
    j->last_tick = now;
    fetch_progress progress = {j->file->name, o->index, o->count, bytes, j->file->size, 0};
    if (bytes < j->began_bytes) j->began_bytes = 0; /* the server restarted from zero */
    if (now - j->began > TICK) progress.rate = (double)(bytes - j->began_bytes) / (now - j->began);
    return o->on_progress(o->user, &progress);
}

static int on_tick(void *user, uint64_t bytes) { return report(user, bytes); }

static bool is_late(const job *j) { return j->options->deadline > 0 && dsc_clock() >= j->options->deadline; }

static dsc_status fail_late(const job *j, dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_NETWORK, "%s: not downloaded in the time allowed", j->file->name);
}

/* --- the lock --- */

static uint64_t size_of(int fd) {
    struct stat info;
    return !fstat(fd, &info) && info.st_size > 0 ? (uint64_t)info.st_size : 0;
}

/* Waits for the lock of j->fd in small steps, so that the wait can be stopped. */
static dsc_status wait_for_lock(job *j, dsc_error *error) {
    while (flock(j->fd, LOCK_EX | LOCK_NB)) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return dsc_fail_system(error, j->part, "cannot be locked");
        if (report(j, size_of(j->fd)))
            return dsc_fail(error, DSC_ERROR_STOPPED, "%s: the download was stopped", j->file->name);
        if (is_late(j)) return fail_late(j, error);
        (void)nanosleep(&(struct timespec){.tv_nsec = WAIT_NANOS}, NULL);
    }
    return DSC_OK;
}

static dsc_status lock_part(job *j, dsc_error *error) {
    for (;;) {
        j->fd = dsc_open_at(AT_FDCWD, j->part, O_RDWR | O_CREAT | O_NOFOLLOW, 0666);
        if (j->fd < 0) return dsc_fail_system(error, j->part, "cannot be written");
        dsc_status status = wait_for_lock(j, error);
        if (status || dsc_is_still_named(j->fd, AT_FDCWD, j->part)) return status;
        (void)close(j->fd);
        j->fd = -1;
    }
}

/* --- mirrors --- */

static void note_reason(job *j, const char *url, const char *reason) {
    dsc_text_append(&j->reasons, "%s%s: %s", j->reasons.length ? "; " : "", url, reason);
}

static dsc_status empty_part(const job *j, dsc_error *error) {
    return ftruncate(j->fd, 0) ? dsc_fail_system(error, j->part, "cannot be emptied") : DSC_OK;
}

/* Checks a complete file. FETCH_RANGE: it is wrong, but an earlier transfer began it and may be the cause. */
static fetch_outcome check_part(job *j, const fetch_transfer *t, dsc_error *error) {
    dsc_error wrong = {0};
    char size[24] = "";
    dsc_status status = fetch_verify(j->part, j->file, &wrong);
    if (!status) return FETCH_DONE;
    if (j->file->size) (void)snprintf(size, sizeof size, "%llu", (unsigned long long)j->file->size);
    if (status != DSC_ERROR_MISMATCH && status != DSC_ERROR_FORMAT) {
        if (error) *error = wrong;
        return FETCH_FAILED;
    }
    (void)dsc_fail(error, DSC_ERROR_NETWORK,
                   "sent different bytes (%llu of them, expected %s%s of %s %.8s...)",
                   (unsigned long long)t->bytes, size, *size ? "" : "those",
                   j->file->sha256 ? "SHA-256" : "MD5", j->file->sha256 ? j->file->sha256 : j->file->md5);
    return t->start > 0 ? FETCH_RANGE : FETCH_REFUSED;
}

/* One transfer and its check. */
static fetch_outcome attempt(job *j, fetch_transfer *t, dsc_error *error) {
    fetch_outcome outcome = FETCH_DONE;
    t->start = t->bytes = t->offset = size_of(j->fd);
    /* A process that died before the rename leaves a complete file. */
    if (!t->offset || t->offset != j->file->size) outcome = fetch_transfer_run(t, error);
    if (outcome == FETCH_DONE) outcome = check_part(j, t, error);
    if (outcome == FETCH_RANGE || outcome == FETCH_REFUSED) {
        /* A refusal that sent no data leaves another mirror's part for the next mirror. */
        bool wrote = t->start == 0 && t->bytes > 0;
        if ((outcome == FETCH_RANGE || wrote) && empty_part(j, error)) return FETCH_FAILED;
    }
    return outcome;
}

static fetch_outcome from_mirror(job *j, const char *base, dsc_error *error) {
    const fetch_options *o = j->options;
    dsc_text url = {0};
    dsc_text_append(&url, "%s%s", base, j->file->name);
    if (url.failed) {
        (void)dsc_fail_memory(error, strlen(base), base);
        return FETCH_FAILED;
    }
    fetch_transfer t = {.url = url.data,
                        .file = j->fd,
                        .path = j->part,
                        .limit = fetch_largest(j->file),
                        .connect_seconds = o->connect_seconds,
                        .stall_seconds = o->stall_seconds,
                        .deadline = o->deadline,
                        .on_tick = on_tick,
                        .user = j};
    fetch_outcome outcome = FETCH_REFUSED;
    for (int i = 0; i < ATTEMPTS; i++) {
        dsc_error reason = {0};
        outcome = attempt(j, &t, &reason);
        if (outcome == FETCH_FAILED && error) *error = reason;
        bool again = (outcome == FETCH_BROKEN && t.bytes > t.offset) || (outcome == FETCH_RANGE && t.offset);
        if (again && i < ATTEMPTS - 1) continue;
        if (outcome != FETCH_DONE) note_reason(j, base, reason.message);
        break;
    }
    dsc_text_free(&url);
    return outcome;
}

static dsc_status finish(job *j, dsc_error *error) {
    if (fsync(j->fd)) return dsc_fail_system(error, j->part, "cannot be written");
    return dsc_file_place(j->part, j->path, error);
}

static dsc_status from_mirrors(job *j, dsc_error *error) {
    j->began = dsc_clock();
    j->began_bytes = size_of(j->fd);
    bool reached = !*j->options->mirrors;
    for (const char *const *mirror = j->options->mirrors; *mirror; mirror++) {
        dsc_error reason = {0};
        fetch_outcome outcome = from_mirror(j, *mirror, &reason);
        reached = reached || outcome != FETCH_UNREACHED;
        switch (outcome) {
        case FETCH_DONE:
            return finish(j, error);
        case FETCH_FAILED:
            if (reason.code == DSC_ERROR_NETWORK) break; /* too late: all reasons are reported below */
            if (error) *error = reason;
            return dsc_error_context(error, reason.code, "%s", j->file->name);
        default:
            break;
        }
        if (is_late(j)) break;
    }
    if (j->reasons.failed) return dsc_fail_memory(error, j->reasons.length, j->file->name);
    /* Without a network all mirrors fail alike; one short message suffices. */
    if (!reached)
        return dsc_fail(
            error, DSC_ERROR_NETWORK,
            "no mirror of %s can be reached; check the network connection, or put its files into %s",
            j->options->title, j->options->place);
    return dsc_fail(error, DSC_ERROR_NETWORK,
                    "%s cannot be downloaded: %s; check the network, or put the files of %s into %s",
                    j->file->name, j->reasons.length ? j->reasons.data : "there are no mirrors",
                    j->options->title, j->options->place);
}

/* --- the file --- */

/* Checks an existing file of that name. *wanted: there is no good one. */
static dsc_status look(bool *wanted, const job *j, dsc_error *error) {
    *wanted = true;
    if (access(j->path, F_OK)) return DSC_OK; /* other errors appear when it is written */
    dsc_status status = fetch_verify(j->path, j->file, error);
    *wanted = status != DSC_OK;
    bool is_other = status == DSC_ERROR_MISMATCH || status == DSC_ERROR_FORMAT;
    if (!is_other) return status;
    if (j->options->replace) return DSC_OK;
    return dsc_error_context(error, status, "not downloaded, because another file with this name is there");
}

static dsc_status download(job *j, dsc_error *error) {
    bool wanted;
    dsc_status status = look(&wanted, j, error);
    if (status || !wanted) return status;
    status = lock_part(j, error);
    if (!status) status = look(&wanted, j, error); /* another process may have downloaded it meanwhile */
    if (!status && wanted) status = from_mirrors(j, error);
    /* Removes an empty part. The lock is still held, so this removes nobody else's work. */
    if (j->fd >= 0 && dsc_is_still_named(j->fd, AT_FDCWD, j->part) && size_of(j->fd) == 0)
        (void)unlink(j->part);
    return status;
}

dsc_status fetch_download(const char *folder, const dsc_known_file *file, const fetch_options *options,
                          dsc_error *error) {
    if (!DESCENDER_WITH_CURL || !fetch_sha256_available())
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "this build cannot download, because it lacks %s; install its development package "
                        "and build again, or put the files of %s into %s",
                        DESCENDER_WITH_CURL ? "libcrypto" : "libcurl", options->title, options->place);
    dsc_status status = dsc_folder_make(folder, error);
    if (status) return status;
    job j = {.file = file, .options = options, .fd = -1};
    j.path = dsc_path_join(folder, file->name);
    dsc_text part = {0};
    if (j.path) dsc_text_append(&part, "%s.part", j.path);
    j.part = part.data;
    status = j.path && !part.failed ? download(&j, error) : dsc_fail_memory(error, strlen(folder), folder);
    if (j.fd >= 0) (void)close(j.fd);
    free(j.path);
    dsc_text_free(&part);
    dsc_text_free(&j.reasons);
    return status;
}
