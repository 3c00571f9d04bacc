/* SPDX-License-Identifier: MIT */
/* notes.c: describes the marks of a picture that are not digits; see notes.h. */
#include "image/notes.h"

#include <jansson.h>

enum { DETAIL_HEIGHT = 20 /* pixels of a prepared digit: lower digits lose detail */ };

void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes) {
    const struct {
        size_t count;
        const char *one, *many;
    } kinds[] = {
        {notes->at_edge, "mark at the picture's edge", "marks at the picture's edge"},
        {notes->lines, "ruled line or box with what touches it",
         "ruled lines or boxes with what touches them"},
        {notes->small, "mark too small for a digit", "marks too small for digits"},
        {notes->points, "decimal point or comma", "decimal points or commas"},
        {notes->dashes, "dash, minus sign or bar", "dashes, minus signs or bars"},
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

const char *dsc_notes_reason(dsc_mark_reason reason) {
    static const char *const names[] = {
        [DSC_MARK_DIGIT] = "digit", [DSC_MARK_AT_EDGE] = "edge", [DSC_MARK_LINE] = "line",
        [DSC_MARK_SMALL] = "small", [DSC_MARK_POINT] = "point",  [DSC_MARK_DASH] = "dash",
        [DSC_MARK_PALE] = "pale"};
    return names[reason];
}

json_t *dsc_notes_marks_json(const dsc_picture_notes *notes) {
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "at_edge", (json_int_t)notes->at_edge, "lines",
                     (json_int_t)notes->lines, "small", (json_int_t)notes->small, "points",
                     (json_int_t)notes->points, "dashes", (json_int_t)notes->dashes, "pale",
                     (json_int_t)notes->pale);
}

static bool has_marks(const dsc_picture_notes *notes) {
    return notes->at_edge || notes->lines || notes->small || notes->points || notes->dashes || notes->pale;
}

static bool is_blurred(const dsc_picture_notes *notes) {
    return notes->reduced > 1 && notes->digit_height > 0 && notes->digit_height < DETAIL_HEIGHT;
}

void dsc_notes_add(dsc_notes_sum *sum, const dsc_picture_notes *notes) {
    sum->marks.at_edge += notes->at_edge;
    sum->marks.lines += notes->lines;
    sum->marks.small += notes->small;
    sum->marks.points += notes->points;
    sum->marks.dashes += notes->dashes;
    sum->marks.pale += notes->pale;
    if (notes->reduced > sum->marks.reduced) sum->marks.reduced = notes->reduced;
    sum->pictures += has_marks(notes);
    sum->blurred += is_blurred(notes);
}

void dsc_notes_sum_remark(dsc_text *text, const dsc_notes_sum *sum, size_t all) {
    if (sum->pictures) {
        dsc_text_append(text, "left out of %zu of %zu images: ", sum->pictures, all);
        dsc_notes_marks(text, &sum->marks);
    }
    if (sum->blurred)
        dsc_text_append(text,
                        "%s%zu of %zu images were reduced, so that their digits are less than %d pixels "
                        "high: crop these images to their digits",
                        sum->pictures ? "; " : "", sum->blurred, all, DETAIL_HEIGHT);
}

static const char *turned_words(size_t quarters) {
    return quarters == 1   ? "a quarter turn to the right"
           : quarters == 2 ? "half a turn"
                           : "a quarter turn to the left";
}

void dsc_notes_remark(dsc_text *text, const dsc_picture_notes *notes) {
    const bool marks = has_marks(notes), left_out = marks || notes->sheet;
    if (notes->turned)
        dsc_text_append(text, "read after %s%s", turned_words(notes->turned),
                        left_out || is_blurred(notes) ? "; " : "");
    if (left_out) dsc_text_append(text, "left out: ");
    if (notes->sheet) dsc_text_append(text, "the surroundings of the sheet%s", marks ? ", " : "");
    if (marks) dsc_notes_marks(text, notes);
    if (notes->at_edge) dsc_text_append(text, " (a digit needs ground on all sides)");
    if (is_blurred(notes))
        dsc_text_append(text,
                        "%sthe picture was reduced by a factor of %zu, so that its digits are only %zu "
                        "pixels high; cut it into smaller pictures for better results",
                        left_out ? "; " : "", notes->reduced, notes->digit_height);
}
