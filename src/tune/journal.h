/* SPDX-License-Identifier: MIT */
/* journal.h: the file of a search's lines. A line is on the disk before the search goes on. */
#ifndef DSC_TUNE_JOURNAL_H
#define DSC_TUNE_JOURNAL_H

#include <descender.h>
#include <jansson.h>

/* Starts as {.descriptor = -1}. */
typedef struct dsc_tune_journal {
    int descriptor;
    char *path;
    uint64_t end; /* bytes of whole lines */
} dsc_tune_journal;

/* Writes the first line, so that the file is there with it or not at all. */
dsc_status dsc_tune_journal_begin(const char *path, json_t *start, dsc_error *error);

/* Opens for appending behind the first `whole` bytes; what is there beyond is a line that was cut off, and
 * is removed. */
dsc_status dsc_tune_journal_open(dsc_tune_journal *journal, const char *path, size_t whole, dsc_error *error);

/* Appends a line (released here; NULL: out of memory), and waits for the disk. After a failure the file ends
 * where it did before, as far as the system lets it. */
dsc_status dsc_tune_journal_append(dsc_tune_journal *journal, json_t *line, dsc_error *error);

void dsc_tune_journal_close(dsc_tune_journal *journal);

#endif
