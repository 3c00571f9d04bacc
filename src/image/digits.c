/* SPDX-License-Identifier: MIT */
/* digits.c: one digit of a picture, or all of them in the order of reading; see prepare.h and descender.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/notes.h"

#include <stdlib.h>
#include <string.h>

enum {
    ONE_DIGIT_SIDE = 64, /* pixels: a picture that small is of one digit, unless its ink is wide */
    LOWEST_DIGIT = 6,    /* pixels of the ink: less is read by nobody */
    DOT_MOST = 14,       /* likewise: a round dot, not a heavy digit */
    MARKS_MOST = 4096
};

/* --- Which pieces make a digit --- */

typedef struct group {
    dsc_box box;
    size_t area;     /* of its pieces */
    uint32_t number; /* that its pieces have */
} group;

static size_t height_of(const dsc_box *box) { return dsc_box_height(box); }
static size_t width_of(const dsc_box *box) { return dsc_box_width(box); }
static size_t between(size_t a_end, size_t b_begin) { return b_begin > a_end ? b_begin - a_end : 0; }

/* Pixels between two boxes, the longer of the two ways. */
static size_t gap_of(const dsc_box *a, const dsc_box *b) {
    const size_t x = between(a->right, b->left) + between(b->right, a->left);
    const size_t y = between(a->bottom, b->top) + between(b->bottom, a->top);
    return x > y ? x : y;
}

/* By how much they lie above one another, as a share of the narrower. */
static double shared_width(const dsc_box *a, const dsc_box *b) {
    const size_t left = a->left > b->left ? a->left : b->left,
                 right = a->right < b->right ? a->right : b->right;
    const size_t narrower = width_of(a) < width_of(b) ? width_of(a) : width_of(b);
    return right > left ? (double)(right - left) / (double)narrower : 0;
}

static void unite(dsc_box *a, const dsc_box *b) {
    if (b->left < a->left) a->left = b->left;
    if (b->top < a->top) a->top = b->top;
    if (b->right > a->right) a->right = b->right;
    if (b->bottom > a->bottom) a->bottom = b->bottom;
}

static int by_height(const void *a, const void *b) {
    const size_t x = height_of(&((const group *)a)->box), y = height_of(&((const group *)b)->box);
    return (x < y) - (x > y);
}

/* Of a digit that broke, such as a 5 whose bar stands apart, the pieces lie above one another or nearly
 * touch, and one is short. What is as tall as others is a digit of its own, however near. */
static bool belongs(const group *piece, const group *digit, size_t usual) {
    const size_t gap = gap_of(&piece->box, &digit->box), height = height_of(&piece->box);
    if (height * 20 > usual * 13) return false;
    return (shared_width(&piece->box, &digit->box) > 0.4 && gap * 3 <= usual) || gap * 10 <= usual;
}

/* What a short piece belongs to: the nearest. */
static group *owner_of(const group *piece, group *digits, size_t count, size_t usual) {
    group *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (belongs(piece, &digits[i], usual) &&
            (!best || gap_of(&piece->box, &digits[i].box) < gap_of(&piece->box, &best->box)))
            best = &digits[i];
    return best;
}

/* A dot, a blot, a dash: solid, and not upright as a 1 is; or too low to be read. Of MNIST's digits, made 10
 * pixels high, 0.3 percent are as solid as a small round dot; larger ones are not. */
static bool is_mark(const group *g) {
    const size_t width = width_of(&g->box), height = height_of(&g->box),
                 fill = 100 * g->area / (width * height);
    const bool square = width * 4 >= height * 3 && height * 4 >= width * 3;
    if (height < LOWEST_DIGIT || (fill >= 90 && width * 10 >= height * 6)) return true;
    return height < DOT_MOST && square && fill >= 80;
}

/* Leaves out the groups that are marks. Returns how many remain. */
static size_t without_marks(group *groups, size_t count, dsc_pieces *p) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_mark(&groups[i]))
            p->pieces[groups[i].number].fate = DSC_PIECE_SMALL;
        else
            groups[kept++] = groups[i];
    }
    for (size_t i = 0; i < p->count; i++) /* what belonged to them */
        if (!p->pieces[i].fate && p->pieces[p->pieces[i].digit].fate) p->pieces[i].fate = DSC_PIECE_SMALL;
    return kept;
}

/* Pieces become groups, tallest first, each its own or joined to one that is there. What is short and
 * alone is a mark, not a digit; but a minus or a dash would be no digit either. Returns how many groups;
 * *usual: their usual height. */
static size_t put_together(group *groups, dsc_pieces *p, size_t *usual) {
    size_t count = 0, digits = 0;
    for (size_t i = 0; i < p->count; i++)
        if (!p->pieces[i].fate) groups[count++] = (group){p->pieces[i].box, p->pieces[i].area, (uint32_t)i};
    qsort(groups, count, sizeof *groups, by_height);
    /* The tallest may be two that touch, or a line: the usual height is the median of what is at least
     * half as tall. */
    size_t tall = 0;
    while (tall < count && height_of(&groups[tall].box) * 2 >= height_of(&groups[0].box)) tall++;
    *usual = count ? height_of(&groups[tall / 2].box) : 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t piece = groups[i].number;
        group *owner = owner_of(&groups[i], groups, digits, *usual);
        if (owner) {
            unite(&owner->box, &groups[i].box);
            owner->area += groups[i].area;
            p->pieces[piece].digit = owner->number;
        } else if (height_of(&groups[i].box) * 3 < *usual) {
            p->pieces[piece].fate = DSC_PIECE_SMALL;
        } else {
            p->pieces[piece].digit = piece;
            groups[digits++] = groups[i];
        }
    }
    digits = without_marks(groups, digits, p);
    if (digits == 0) *usual = 0;
    return digits;
}

/* --- The order of reading --- */

static int by_top(const void *a, const void *b) {
    const size_t x = ((const group *)a)->box.top, y = ((const group *)b)->box.top;
    return (x > y) - (x < y);
}
static int by_left(const void *a, const void *b) {
    const size_t x = ((const group *)a)->box.left, y = ((const group *)b)->box.left;
    return (x > y) - (x < y);
}

/* Lines from top to bottom: a line takes what begins above the middle of its first; then each from left to
 * right. */
static void sort_by_lines(group *groups, size_t count) {
    qsort(groups, count, sizeof *groups, by_top);
    for (size_t first = 0; first < count;) {
        size_t last = first, middle = 0;
        while (last < count && (last == first || groups[last].box.top < middle)) {
            const size_t its = (groups[last].box.top + groups[last].box.bottom) / 2;
            if (its > middle) middle = its;
            last++;
        }
        qsort(groups + first, last - first, sizeof *groups, by_left);
        first = last;
    }
}

/* --- What descender.h promises --- */

static dsc_status read_ink(dsc_ink *ink, dsc_pieces *pieces, const uint8_t *pixels, size_t height,
                           size_t width, size_t channels, bool several, dsc_error *error) {
    *pieces = (dsc_pieces){0};
    dsc_status status = dsc_ink_make(ink, pixels, height, width, channels, error);
    size_t lines = 0;
    if (!status && several) status = dsc_lines_remove(&lines, ink, error);
    if (!status) status = dsc_pieces_find(pieces, ink, error);
    pieces->lines = lines;
    return status ? status : dsc_pieces_sift(pieces, ink, several, error);
}

static void take_notes(dsc_picture_notes *notes, const dsc_ink *ink, const dsc_pieces *p, size_t usual) {
    *notes = (dsc_picture_notes){.reduced = ink->scale, .digit_height = usual, .lines = p->lines};
    for (size_t i = 0; i < p->count; i++) switch (p->pieces[i].fate) {
        case DSC_PIECE_KEPT:
            break;
        case DSC_PIECE_AT_EDGE:
            notes->at_edge++;
            break;
        case DSC_PIECE_LINE:
            notes->lines++;
            break;
        case DSC_PIECE_SMALL:
            notes->small++;
            break;
        case DSC_PIECE_PALE:
            notes->pale++;
            break;
        }
}

/* Something stands out from the ground, and it is no digit. */
static dsc_status fail_no_digit(const dsc_picture_notes *notes, dsc_error *error) {
    dsc_text marks = {0};
    dsc_notes_marks(&marks, notes);
    dsc_status status = marks.failed
                            ? dsc_fail_memory(error, 0, "a message")
                            : dsc_fail(error, DSC_ERROR_FORMAT,
                                       "there is no digit: found %s; cut the picture to where digits are, or "
                                       "take a larger one of them",
                                       marks.data);
    dsc_text_free(&marks);
    return status;
}

static dsc_status make(dsc_digit *digit, const dsc_ink *ink, const dsc_ink_run *runs, size_t count,
                       size_t height, size_t width, dsc_error *error) {
    dsc_box box;
    dsc_status status = dsc_digit_make(digit->pixels, &box, ink, runs, count, error);
    if (status) return status;
    const size_t right = box.right * ink->scale, bottom = box.bottom * ink->scale;
    digit->left = box.left * ink->scale;
    digit->top = box.top * ink->scale;
    digit->width = (right < width ? right : width) - digit->left;
    digit->height = (bottom < height ? bottom : height) - digit->top;
    return DSC_OK;
}

dsc_status dsc_prepare_digit(dsc_digit *digit, dsc_picture_notes *notes, const uint8_t *pixels, size_t height,
                             size_t width, size_t channels, dsc_error *error) {
    dsc_ink ink = {0};
    dsc_pieces pieces;
    dsc_picture_notes own;
    if (!notes) notes = &own;
    *notes = (dsc_picture_notes){.reduced = 1};
    memset(digit, 0, sizeof *digit);
    dsc_status status = read_ink(&ink, &pieces, pixels, height, width, channels, false, error);
    size_t kept = 0;
    for (size_t i = 0; i < pieces.run_count && !status; i++)
        if (!pieces.pieces[pieces.runs[i].piece].fate) pieces.runs[kept++] = pieces.runs[i];
    if (!status) take_notes(notes, &ink, &pieces, 0);
    if (!status && kept == 0) status = fail_no_digit(notes, error);
    if (!status) status = make(digit, &ink, pieces.runs, kept, height, width, error);
    if (!status) notes->digit_height = digit->height / ink.scale;
    dsc_pieces_clear(&pieces);
    dsc_ink_clear(&ink);
    return status;
}

#define BORROWED 0x80000000u /* a mark on the number of another piece */

/* The runs of each group, one group behind the other; those of group i begin at begins[i] and end at
 * begins[i + 1]. */
static void sort_runs(dsc_ink_run *out, size_t *begins, const dsc_pieces *p, const group *groups,
                      size_t count) {
    /* From here on a digit's number is its place in the order of reading: first of those pieces that gave
     * a group its number. */
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

/* All that finding several digits needs; one place to free it. */
typedef struct search {
    dsc_ink ink;
    dsc_pieces pieces;
    group *groups;
    dsc_ink_run *runs;
    size_t *begins;
    dsc_digit *digits;
} search;

static void search_clear(search *s) {
    dsc_pieces_clear(&s->pieces);
    dsc_ink_clear(&s->ink);
    free(s->groups);
    free(s->runs);
    free(s->begins);
    free(s->digits);
}

static dsc_status search_run(search *s, size_t *count, dsc_picture_notes *notes, size_t height, size_t width,
                             dsc_error *error) {
    size_t kept = 0, usual;
    for (size_t i = 0; i < s->pieces.count; i++) kept += !s->pieces.pieces[i].fate;
    if (kept > MARKS_MOST)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "found %zu marks that stand apart, more than %d: this is no picture of digits, or its ground is "
            "patterned; cut the digits out",
            kept, MARKS_MOST);
    s->groups = dsc_allocate(kept, sizeof *s->groups);
    s->runs = dsc_allocate(s->pieces.run_count, sizeof *s->runs);
    s->begins = dsc_allocate(kept + 1, sizeof *s->begins);
    s->digits = dsc_allocate(kept, sizeof *s->digits);
    if (!s->groups || !s->runs || !s->begins || !s->digits)
        return dsc_fail_memory(error, s->pieces.run_count * sizeof *s->runs, "the digits of a picture");
    const size_t found = put_together(s->groups, &s->pieces, &usual);
    take_notes(notes, &s->ink, &s->pieces, usual);
    if (found == 0) return fail_no_digit(notes, error);
    sort_by_lines(s->groups, found);
    sort_runs(s->runs, s->begins, &s->pieces, s->groups, found);
    for (size_t i = 0; i < found; i++) {
        dsc_status status = make(&s->digits[i], &s->ink, s->runs + s->begins[i],
                                 s->begins[i + 1] - s->begins[i], height, width, error);
        if (status) return status;
    }
    *count = found;
    return DSC_OK;
}

/* Whether what was found in a small picture are several digits, and not one in pieces: all are about as high,
 * and together wider than one is. */
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

static dsc_status find(search *s, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                       size_t height, size_t width, size_t channels, dsc_error *error) {
    dsc_status status = read_ink(&s->ink, &s->pieces, pixels, height, width, channels, true, error);
    return status ? status : search_run(s, count, notes, height, width, error);
}

static dsc_status find_one(search *s, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                           size_t height, size_t width, size_t channels, dsc_error *error) {
    search_clear(s);
    *s = (search){.digits = dsc_allocate(1, sizeof *s->digits)};
    if (!s->digits) return dsc_fail_memory(error, sizeof *s->digits, "a digit");
    *count = 1;
    return dsc_prepare_digit(s->digits, notes, pixels, height, width, channels, error);
}

dsc_status dsc_find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                           size_t height, size_t width, size_t channels, dsc_error *error) {
    search s = {0};
    dsc_picture_notes own;
    if (!notes) notes = &own;
    *notes = (dsc_picture_notes){.reduced = 1};
    *digits = NULL;
    *count = 0;
    const bool small = height <= ONE_DIGIT_SIDE && width <= ONE_DIGIT_SIDE;
    dsc_status status = find(&s, count, notes, pixels, height, width, channels, error);
    if (small && status != DSC_ERROR_MEMORY && (status || !are_several(s.digits, *count)))
        status = find_one(&s, count, notes, pixels, height, width, channels, error);
    if (status) {
        *count = 0;
    } else {
        *digits = s.digits;
        s.digits = NULL;
    }
    search_clear(&s);
    return status;
}

void dsc_digits_free(dsc_digit *digits) { free(digits); }
