/* SPDX-License-Identifier: MIT */
/* notes.h: dsc_picture_notes as text and JSON. */
#ifndef DSC_IMAGE_NOTES_H
#define DSC_IMAGE_NOTES_H

#include "base/text.h"

#include <descender.h>

/* Appends the number of marks that are not digits, by kind: "1 mark at the picture's edge, 2 pale marks";
 * nothing without any. */
void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes);

/* {"at_edge": 1, "lines": 0, "small": 2, "points": 0, "dashes": 0, "pale": 0}, of jansson; the caller owns
 * it. NULL without memory. */
struct json_t; /* not jansson.h: builds without jansson include this, too */
struct json_t *dsc_notes_marks_json(const dsc_picture_notes *notes);

/* "edge", "line", "small", "point", "dash" or "pale". */
const char *dsc_notes_reason(dsc_mark_reason reason);

/* Appends remarks for the user: "left out: ...", and the loss of detail by reducing the picture, with a
 * remedy; nothing if neither applies. */
void dsc_notes_remark(dsc_text *text, const dsc_picture_notes *notes);

/* The sum over many pictures. Starts as {0}. */
typedef struct dsc_notes_sum {
    dsc_picture_notes marks; /* of all; reduced: the largest */
    size_t pictures;         /* pictures with marks left out */
    size_t blurred;          /* pictures whose digits lost detail by reduction */
} dsc_notes_sum;

void dsc_notes_add(dsc_notes_sum *sum, const dsc_picture_notes *notes);

/* Appends "left out of 3 of 80 images: 2 marks at the picture's edge, ...", and how many lost detail; nothing
 * if neither applies. `all`: the number of pictures. */
void dsc_notes_sum_remark(dsc_text *text, const dsc_notes_sum *sum, size_t all);

#endif
