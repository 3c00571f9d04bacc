/* SPDX-License-Identifier: MIT */
/* json.h: readable JSON, and safe parsing of external JSON; a thin layer over jansson. */
#ifndef DSC_BASE_JSON_H
#define DSC_BASE_JSON_H

#include "base/text.h"

#include <jansson.h>

/* Appends `json`, indented by two blanks, arrays of numbers and texts on one line, without a final newline.
 * Numbers have the shortest form: jansson would print 0.68 as 0.68000000000000005. */
void dsc_json_format(dsc_text *text, const json_t *json);

/* Parses external JSON; `name` is the file, for messages. Skips a byte order mark. DSC_ERROR_FORMAT, with
 * line and column: not UTF-8, or not JSON. An integer beyond 64 bits becomes a text of its digits, so that
 * none is lost. The caller releases *json with json_decref; it is NULL on failure. */
dsc_status dsc_json_parse(json_t **json, const void *text, size_t size, size_t flags, const char *name,
                          dsc_error *error);

/* A text that may not be UTF-8, such as a path, as JSON. Invalid bytes become \xe9 (visible.h:
 * dsc_text_append_bytes_as_utf8), so NULL always means lack of memory. */
json_t *dsc_json_text(const char *text);

#endif
