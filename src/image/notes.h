/* SPDX-License-Identifier: MIT */
/* notes.h: dsc_picture_notes in words. */
#ifndef DSC_IMAGE_NOTES_H
#define DSC_IMAGE_NOTES_H

#include "base/text.h"

#include <descender.h>

/* Appends how many marks are no digits, by kind: "1 mark at the picture's edge, 2 pale marks".
 * Nothing if there are none. */
void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes);

/* Appends all that a reader should know: "left out: ...", and that digits lost detail as the picture was
 * made smaller, with what to do. Nothing if there is nothing to say. */
void dsc_notes_remark(dsc_text *text, const dsc_picture_notes *notes);

#endif
