/* SPDX-License-Identifier: MIT */
/* journal.h: the file of a search's lines. Each line is on disk before the search continues. One thread at a
 * time. */
#ifndef DSC_TUNE_JOURNAL_H
#define DSC_TUNE_JOURNAL_H

#include <descender.h>
#include <jansson.h>

/* Starts as {.descriptor = -1}. */
typedef struct dsc_tune_journal {
    int descriptor;
    char *path;
    uint64_t end; /* bytes of complete lines */
} dsc_tune_journal;

/* Creates the file with its first line, atomically. Takes ownership of `start`. */
dsc_status dsc_tune_journal_begin(const char *path, json_t *start, dsc_error *error);

/* Opens for appending after the first `whole` bytes; anything beyond is an incomplete line and is removed. */
dsc_status dsc_tune_journal_open(dsc_tune_journal *journal, const char *path, size_t whole, dsc_error *error);

/* Appends a line and syncs it. Takes ownership of `line` (NULL: out of memory). After a failure the file
 * keeps its previous length, if the system allows. */
dsc_status dsc_tune_journal_append(dsc_tune_journal *journal, json_t *line, dsc_error *error);

void dsc_tune_journal_close(dsc_tune_journal *journal);

#endif
