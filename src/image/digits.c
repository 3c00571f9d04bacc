/* SPDX-License-Identifier: MIT */
/* digits.c: finds one digit of a picture, or all of them in reading order; see prepare.h and descender.h. */
#include "image/search.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/notes.h"

#include <stdlib.h>
#include <string.h>

enum {
    ONE_DIGIT_SIDE = 64, /* pixels: a picture this small has one digit, unless its ink is wide */
    MARKS_MOST = 4096,
    FAINT = 56 /* fainter ink is ignored when searching several digits */
};

static dsc_status read_ink(dsc_ink *ink, size_t *lines, const uint8_t *pixels, size_t height, size_t width,
                           size_t channels, bool several, dsc_error *error) {
    size_t frames = 0;
    *lines = 0;
    dsc_status status = dsc_ink_make(ink, pixels, height, width, channels, error);
    if (!status) status = dsc_frames_remove(&frames, ink, error);
    if (!status) status = dsc_lines_remove(lines, ink, error);
    *lines += frames;
    /* Compression leaves faint ink beside strokes, which would join neighbours. */
    const bool small = height <= ONE_DIGIT_SIDE && width <= ONE_DIGIT_SIDE;
    if (!status && several && !small && ink->faintest < FAINT) ink->faintest = FAINT;
    return status;
}

static dsc_status read_pieces(dsc_pieces *pieces, const dsc_ink *ink, size_t lines, bool several,
                              dsc_error *error) {
    dsc_status status = dsc_pieces_find(pieces, ink, error);
    pieces->lines = lines;
    return status ? status : dsc_pieces_sift(pieces, ink, several, error);
}

/* Converts a box in the ink to pixels of the picture. */
static dsc_mark to_pixels(const dsc_box *b, const dsc_ink *ink, size_t height, size_t width) {
    const size_t left = b->left * ink->scale, top = b->top * ink->scale, right = b->right * ink->scale,
                 bottom = b->bottom * ink->scale;
    return (dsc_mark){.left = left,
                      .top = top,
                      .width = (right < width ? right : width) - left,
                      .height = (bottom < height ? bottom : height) - top};
}

static void place(dsc_digit *digit, const dsc_box *b, const dsc_ink *ink, size_t height, size_t width) {
    const dsc_mark at = to_pixels(b, ink, height, width);
    digit->left = at.left;
    digit->top = at.top;
    digit->width = at.width;
    digit->height = at.height;
    if (at.left == 0 || at.top == 0 || at.left + at.width == width || at.top + at.height == height)
        digit->marks |= DSC_DIGIT_AT_EDGE;
}

/* The box in the picture's ink, of a box in the ink that was read. */
static dsc_box place_upright(const dsc_box *box, const dsc_reading *r) {
    return r->help ? r->help->place(box, r) : *box;
}

/* Of a piece that is not kept. */
static size_t *count_of(dsc_picture_notes *notes, dsc_mark_reason reason) {
    size_t *const counts[] = {[DSC_MARK_AT_EDGE] = &notes->at_edge, [DSC_MARK_LINE] = &notes->lines,
                              [DSC_MARK_SMALL] = &notes->small,     [DSC_MARK_POINT] = &notes->points,
                              [DSC_MARK_DASH] = &notes->dashes,     [DSC_MARK_PALE] = &notes->pale};
    return counts[reason];
}

/* Whether a pale mark is in a digit to which pale ink was added. */
static bool was_added(const dsc_mark *m, const dsc_digit *digits, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const dsc_digit *d = &digits[i];
        if (d->marks & DSC_DIGIT_PALE && m->left >= d->left && m->left + m->width <= d->left + d->width &&
            m->top >= d->top && m->top + m->height <= d->top + d->height)
            return true;
    }
    return false;
}

/* Counts the pieces that are not in the digits, and lists them, small ones last. */
static void take_notes(dsc_picture_notes *notes, const dsc_reading *r, const dsc_pieces *p, size_t usual,
                       const dsc_digit *digits, size_t count) {
    *notes = (dsc_picture_notes){.reduced = r->ink.scale,
                                 .digit_height = usual,
                                 .lines = p->lines,
                                 .sheet = r->ink.sheet,
                                 .turned = r->quarters};
    for (int small = 0; small < 2; small++)
        for (size_t i = 0; i < p->count; i++) {
            const dsc_piece *piece = &p->pieces[i];
            if (piece->fate == DSC_MARK_DIGIT || (piece->fate == DSC_MARK_SMALL) != (small == 1)) continue;
            const dsc_box box = place_upright(&piece->box, r);
            dsc_mark mark = to_pixels(&box, &r->ink, r->height, r->width);
            mark.reason = piece->fate;
            if (mark.reason == DSC_MARK_PALE && was_added(&mark, digits, count)) continue;
            ++*count_of(notes, mark.reason);
            if (notes->mark_count < DSC_MARKS_MOST) notes->marks[notes->mark_count++] = mark;
        }
}

/* Fails for a picture whose ink has no digit. */
static dsc_status fail_no_digit(const dsc_picture_notes *notes, dsc_error *error) {
    dsc_text marks = {0};
    dsc_notes_marks(&marks, notes);
    dsc_status status =
        marks.failed
            ? dsc_fail_memory(error, 0, "a message")
            : dsc_fail(
                  error, DSC_ERROR_FORMAT,
                  "no digit found, only %s; crop the picture to the digits, or use a larger picture of them",
                  marks.data);
    dsc_text_free(&marks);
    return status;
}

dsc_status dsc_prepare_digit(dsc_digit *digit, dsc_picture_notes *notes, const uint8_t *pixels, size_t height,
                             size_t width, size_t channels, dsc_error *error) {
    dsc_reading r = {.height = height, .width = width};
    dsc_pieces pieces = {0};
    dsc_picture_notes own;
    dsc_box box;
    size_t kept = 0;
    if (!notes) notes = &own;
    *notes = (dsc_picture_notes){.reduced = 1};
    memset(digit, 0, sizeof *digit);
    dsc_status status = read_ink(&r.ink, &r.lines, pixels, height, width, channels, false, error);
    if (!status) status = read_pieces(&pieces, &r.ink, r.lines, false, error);
    for (size_t i = 0; i < pieces.run_count && !status; i++)
        if (!pieces.pieces[pieces.runs[i].piece].fate) pieces.runs[kept++] = pieces.runs[i];
    if (!status) take_notes(notes, &r, &pieces, 0, NULL, 0);
    if (!status && kept == 0) status = fail_no_digit(notes, error);
    if (!status) status = dsc_digit_make(digit->pixels, &box, &r.ink, &(dsc_part){pieces.runs, kept}, error);
    if (!status) place(digit, &box, &r.ink, height, width);
    if (!status) notes->digit_height = digit->height / r.ink.scale;
    dsc_pieces_clear(&pieces);
    dsc_ink_clear(&r.ink);
    return status;
}

/* --- several digits --- */

#define BORROWED 0x80000000u /* flag: the number is another piece's */

/* Sorts the runs by group; those of group i are from begins[i] to begins[i + 1]. */
static void sort_runs(dsc_ink_run *out, size_t *begins, const dsc_pieces *p, const dsc_group *groups,
                      size_t count) {
    /* From here on a digit's number is its place in reading order, first for the pieces that gave a group its
     * number. */
    for (size_t i = 0; i < p->count; i++)
        if (!p->pieces[i].fate && p->pieces[i].digit != i) p->pieces[i].digit |= BORROWED;
    for (size_t i = 0; i < count; i++) p->pieces[groups[i].number].digit = (uint32_t)i;
    for (size_t i = 0; i < p->count; i++)
        if (!p->pieces[i].fate && p->pieces[i].digit & BORROWED)
            p->pieces[i].digit = p->pieces[p->pieces[i].digit & ~BORROWED].digit;
    memset(begins, 0, (count + 1) * sizeof *begins);
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_piece *piece = &p->pieces[p->runs[i].piece];
        if (!piece->fate) begins[piece->digit + 1]++;
    }
    for (size_t i = 0; i < count; i++) begins[i + 1] += begins[i];
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_piece *piece = &p->pieces[p->runs[i].piece];
        if (!piece->fate) out[begins[piece->digit]++] = p->runs[i];
    }
    for (size_t i = count; i > 0; i--) begins[i] = begins[i - 1];
    begins[0] = 0;
}

void dsc_search_clear(dsc_search *s) {
    dsc_pieces_clear(&s->pieces);
    free(s->groups);
    free(s->runs);
    free(s->begins);
    free(s->digits);
    free(s->sures);
    *s = (dsc_search){0};
}

dsc_part dsc_search_part(const dsc_search *s, size_t first, size_t count) {
    return (dsc_part){s->runs + s->begins[first], s->begins[first + count] - s->begins[first]};
}

dsc_status dsc_search_add(dsc_search *s, const dsc_reading *r, const dsc_part *part, uint32_t line,
                          uint32_t marks, dsc_error *error) {
    dsc_box box;
    if (!dsc_grow(&s->digits, &s->capacity, s->count + 1, sizeof *s->digits))
        return dsc_fail_memory(error, (s->count + 1) * sizeof *s->digits, "the digits of a picture");
    dsc_digit *digit = &s->digits[s->count++];
    *digit = (dsc_digit){.line = line, .marks = marks};
    dsc_status status = dsc_digit_make(digit->pixels, &box, &r->ink, part, error);
    if (status) return status;
    const dsc_box upright = place_upright(&box, r);
    place(digit, &upright, &r->ink, r->height, r->width);
    return DSC_OK;
}

dsc_status dsc_search_run(dsc_search *s, const dsc_reading *r, dsc_error *error) {
    *s = (dsc_search){0};
    size_t kept = 0;
    dsc_status status = read_pieces(&s->pieces, &r->ink, r->lines, true, error);
    if (status) return status;
    for (size_t i = 0; i < s->pieces.count; i++) kept += !s->pieces.pieces[i].fate;
    if (kept > MARKS_MOST)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "found %zu separate marks, more than %d: this is no picture of digits, or its ground "
                        "is patterned; crop the picture to the digits",
                        kept, MARKS_MOST);
    s->groups = dsc_allocate(kept, sizeof *s->groups);
    s->runs = dsc_allocate(s->pieces.run_count, sizeof *s->runs);
    s->begins = dsc_allocate(kept + 1, sizeof *s->begins);
    if (!s->groups || !s->runs || !s->begins)
        return dsc_fail_memory(error, s->pieces.run_count * sizeof *s->runs, "the digits of a picture");
    const size_t found = dsc_groups_make(s->groups, &s->pieces, &s->usual);
    s->group_count = found;
    if (found == 0) {
        take_notes(&s->notes, r, &s->pieces, s->usual, NULL, 0);
        return fail_no_digit(&s->notes, error);
    }
    sort_runs(s->runs, s->begins, &s->pieces, s->groups, found);
    for (size_t i = 0, taken = 1; i < found && !status; i += taken) {
        const dsc_part part = dsc_search_part(s, i, 1);
        status = r->help ? r->help->add_groups(s, r, i, &taken, error)
                         : dsc_search_add(s, r, &part, s->groups[i].line, s->groups[i].marks, error);
    }
    take_notes(&s->notes, r, &s->pieces, s->usual, s->digits, s->count);
    return status;
}

/* --- small pictures --- */

/* Whether the marks of a small picture are several digits, not one in pieces: all have about the same height,
 * and together they are wider than one digit. */
static bool are_several(const dsc_digit *digits, size_t count) {
    size_t left = SIZE_MAX, right = 0, tallest = 0, lowest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (digits[i].left < left) left = digits[i].left;
        if (digits[i].left + digits[i].width > right) right = digits[i].left + digits[i].width;
        if (digits[i].height > tallest) tallest = digits[i].height;
        if (digits[i].height < lowest) lowest = digits[i].height;
    }
    return count > 1 && (right - left) * 10 >= tallest * 11 && lowest * 10 >= tallest * 6;
}

static dsc_status find_one(dsc_search *s, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                           dsc_error *error) {
    dsc_search_clear(s);
    *s = (dsc_search){.digits = dsc_allocate(1, sizeof *s->digits), .count = 1};
    if (!s->digits) return dsc_fail_memory(error, sizeof *s->digits, "a digit");
    return dsc_prepare_digit(s->digits, &s->notes, pixels, height, width, channels, error);
}

static dsc_status find_all(dsc_search *s, dsc_reading *r, const uint8_t *pixels, size_t channels,
                           dsc_error *error) {
    dsc_status status = read_ink(&r->ink, &r->lines, pixels, r->height, r->width, channels, true, error);
    if (status) return status;
    status = dsc_search_run(s, r, error);
    return status || !r->help ? status : r->help->improve(s, r, error);
}

dsc_status dsc_digits_search_with(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                  const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                  const dsc_help *help, dsc_error *error) {
    dsc_search s = {.notes = {.reduced = 1}};
    dsc_reading r = {.height = height, .width = width, .help = help};
    *digits = NULL;
    *count = 0;
    const bool small = height <= ONE_DIGIT_SIDE && width <= ONE_DIGIT_SIDE;
    dsc_status status = find_all(&s, &r, pixels, channels, error);
    if (small && status != DSC_ERROR_MEMORY && (status || !are_several(s.digits, s.count)))
        status = find_one(&s, pixels, height, width, channels, error);
    if (notes) *notes = s.notes;
    if (notes && !notes->reduced) notes->reduced = 1;
    if (!status) {
        *digits = s.digits;
        *count = s.count;
        s.digits = NULL;
    }
    dsc_search_clear(&s);
    dsc_ink_clear(&r.ink);
    return status;
}

dsc_status dsc_find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                           size_t height, size_t width, size_t channels, dsc_error *error) {
    return dsc_digits_search_with(digits, count, notes, pixels, height, width, channels, NULL, error);
}

void dsc_digits_free(dsc_digit *digits) { free(digits); }
