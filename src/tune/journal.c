/* SPDX-License-Identifier: MIT */
/* journal.c: appends lines durably. */
#include "tune/journal.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The line with its newline, which the caller frees; releases `json`. */
static char *line_of(json_t *json, size_t *length) {
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) return NULL;
    *length = strlen(text);
    text[(*length)++] = '\n'; /* replaces the terminating zero: from here on the line is bytes */
    return text;
}

dsc_status dsc_tune_journal_begin(const char *path, json_t *start, dsc_error *error) {
    size_t length = 0;
    char *line = line_of(start, &length);
    if (!line) return dsc_fail_memory(error, 1024, path);
    dsc_status status = dsc_file_write(path, line, length, error);
    free(line);
    return status;
}

dsc_status dsc_tune_journal_open(dsc_tune_journal *journal, const char *path, size_t whole,
                                 dsc_error *error) {
    *journal = (dsc_tune_journal){.descriptor = -1, .path = strdup(path), .end = whole};
    if (!journal->path) return dsc_fail_memory(error, strlen(path), path);
    journal->descriptor = dsc_open_at(AT_FDCWD, path, O_WRONLY, 0);
    if (journal->descriptor >= 0 && !ftruncate(journal->descriptor, (off_t)whole)) return DSC_OK;
    dsc_status status = dsc_fail_system(error, path, "cannot be opened for writing");
    dsc_tune_journal_close(journal);
    return status;
}

static bool write_at(const dsc_tune_journal *journal, const char *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t n = pwrite(journal->descriptor, bytes + done, length - done, (off_t)(journal->end + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return fdatasync(journal->descriptor) == 0;
}

dsc_status dsc_tune_journal_append(dsc_tune_journal *journal, json_t *json, dsc_error *error) {
    size_t length = 0;
    char *line = line_of(json, &length);
    if (!line) return dsc_fail_memory(error, 1024, journal->path);
    dsc_status status = DSC_OK;
    if (write_at(journal, line, length)) {
        journal->end += length;
    } else {
        status = dsc_fail_system(error, journal->path, "cannot be written");
        /* The rest of a failed line has no newline or is complete: the reader handles both. */
        if (ftruncate(journal->descriptor, (off_t)journal->end)) errno = 0;
    }
    free(line);
    return status;
}

void dsc_tune_journal_close(dsc_tune_journal *journal) {
    if (journal->descriptor >= 0) (void)close(journal->descriptor);
    free(journal->path);
    *journal = (dsc_tune_journal){.descriptor = -1};
}
