/* SPDX-License-Identifier: MIT */
/* parts.h: what the files of this room share. */
#ifndef SERVE_PARTS_H
#define SERVE_PARTS_H

#include "serve/serve.h"

#include <jansson.h>

/* A file of the page, or NULL. */
typedef struct serve_file {
    const char *path, *type;
    const unsigned char *begin, *end;
} serve_file;
const serve_file *serve_page_file(const char *path);

/* ---- reading.c ---- */

typedef struct serve_reader serve_reader;
dsc_status serve_reader_create(serve_reader **reader, const dsc_model *model, dsc_error *error);
void serve_reader_free(serve_reader *reader);

/* Greys (height, width) -> what is on them, as JSON; `digit`: of which the layers are shown. FORMAT: nothing
 * is; MISMATCH: it is no image for this model. Any thread. */
dsc_status serve_read(json_t **json, serve_reader *reader, const unsigned char *pixels, size_t width,
                      size_t height, size_t digit, dsc_error *error);

/* ---- runs.c ---- */

/* All runs of a folder, the newest first; one of them with its curves, from point `since` on; its report, or NULL. NULL for want of
 * memory; *found: whether there is such a run. */
json_t *serve_runs_list(const char *folder);
json_t *serve_run_points(bool *found, const char *folder, const char *id, size_t since);
unsigned char *serve_run_report(size_t *size, const char *folder, const char *id);
/* The run's own folder (release with free()), or NULL: no such run. */
char *serve_run_folder(const char *folder, const char *id);

#endif
