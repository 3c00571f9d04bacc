/* SPDX-License-Identifier: MIT */
/* json.h: JSON as people like to read it. Parsing, and all the rest, is jansson's. */
#ifndef DSC_BASE_JSON_H
#define DSC_BASE_JSON_H

#include "base/text.h"

#include <jansson.h>

/* Appends `json`, indented by two blanks, arrays of numbers and texts on one line, numbers as short as they can be:
 * jansson prints 0.68 as 0.68000000000000005. No newline at the end. */
void dsc_json_format(dsc_text *text, const json_t *json);

#endif
