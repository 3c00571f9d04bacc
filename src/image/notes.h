/* SPDX-License-Identifier: MIT */
/* notes.h: dsc_picture_notes in words. */
#ifndef DSC_IMAGE_NOTES_H
#define DSC_IMAGE_NOTES_H

#include "base/text.h"

#include <descender.h>

/* Appends how many marks are no digits, by kind: "1 mark at the picture's edge, 2 pale marks".
 * Nothing if there are none. */
void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes);

/* {"at_edge": 1, "lines": 0, "small": 2, "points": 0, "dashes": 0, "pale": 0}, jansson's; NULL: out of
 * memory. */
struct json_t; /* no header: this one serves builds without jansson, too */
struct json_t *dsc_notes_marks_json(const dsc_picture_notes *notes);

/* Appends all that a reader should know: "left out: ...", and that digits lost detail as the picture was
 * made smaller, with what to do. Nothing if there is nothing to say. */
void dsc_notes_remark(dsc_text *text, const dsc_picture_notes *notes);

/* The same of many pictures together. Starts as {0}. */
typedef struct dsc_notes_sum {
    dsc_picture_notes marks; /* of all; reduced: of the picture that was reduced most */
    size_t pictures;         /* those of which marks are left out */
    size_t blurred;          /* those whose digits lost detail as the picture was made smaller */
} dsc_notes_sum;

void dsc_notes_add(dsc_notes_sum *sum, const dsc_picture_notes *notes);

/* Appends "left out of 3 of 80 images: 2 marks at the picture's edge, ...", and how many lost detail.
 * Nothing if there is nothing to say. `all` is the number of pictures. */
void dsc_notes_sum_remark(dsc_text *text, const dsc_notes_sum *sum, size_t all);

#endif
