/* SPDX-License-Identifier: MIT */
/* json.h: JSON as people like to read it. Nearly all of parsing, and all the rest, is jansson's. */
#ifndef DSC_BASE_JSON_H
#define DSC_BASE_JSON_H

#include "base/text.h"

#include <jansson.h>

/* Appends `json`, indented by two blanks, arrays of numbers and texts on one line, numbers as short as they
 * can be: jansson prints 0.68 as 0.68000000000000005. No newline at the end. */
void dsc_json_format(dsc_text *text, const json_t *json);

/* Parses a JSON text that comes from outside; `name` is the file. A byte order mark is passed over; text
 * that is not UTF-8, and JSON that is none, are DSC_ERROR_FORMAT with line and column. A whole number
 * beyond 64 bits comes as a text of its digits, so that none is lost. *json NULL on failure. */
dsc_status dsc_json_parse(json_t **json, const void *text, size_t size, size_t flags, const char *name,
                          dsc_error *error);

/* A path or another text that may be no UTF-8, as JSON. Bytes that are none become \xe9 (visible.h:
 * dsc_text_append_bytes_as_utf8), so that NULL means want of memory and nothing else. */
json_t *dsc_json_text(const char *text);

#endif
