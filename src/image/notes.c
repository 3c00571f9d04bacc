/* SPDX-License-Identifier: MIT */
/* notes.c: what became of a picture's marks, in words; see notes.h. */
#include "image/notes.h"

enum { DETAIL_HEIGHT = 20 /* pixels that a digit is given in the end: fewer cannot fill them */ };

void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes) {
    const struct {
        size_t count;
        const char *one, *many;
    } kinds[] = {
        {notes->at_edge, "mark at the picture's edge", "marks at the picture's edge"},
        {notes->lines, "ruled line or box with what touches it",
         "ruled lines or boxes with what touches them"},
        {notes->small, "mark too small for a digit", "marks too small for digits"},
        {notes->pale, "pale mark", "pale marks"},
    };
    const char *before = "";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].count == 0) continue;
        dsc_text_append(text, "%s%zu %s", before, kinds[i].count,
                        kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
        before = ", ";
    }
}

void dsc_notes_remark(dsc_text *text, const dsc_picture_notes *notes) {
    const bool left_out = notes->at_edge || notes->lines || notes->small || notes->pale;
    if (left_out) {
        dsc_text_append(text, "left out: ");
        dsc_notes_marks(text, notes);
        if (notes->at_edge) dsc_text_append(text, " (a digit needs ground on all sides)");
    }
    if (notes->reduced > 1 && notes->digit_height > 0 && notes->digit_height < DETAIL_HEIGHT)
        dsc_text_append(
            text,
            "%sthe picture was made %zu times smaller, and its digits are only %zu pixels high in "
            "it; cut it into smaller pictures to have them read better",
            left_out ? "; " : "", notes->reduced, notes->digit_height);
}
