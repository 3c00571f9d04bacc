/* SPDX-License-Identifier: MIT */
/* digits.c: one digit of a picture, or all of them in the order of reading; see prepare.h and descender.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ONE_DIGIT_SIDE = 64, /* pixels: a picture that small is of one digit, unless its ink is wide */
    MARKS_MOST = 4096,
    FAINT = 56,
    TURNED_LEAST = 3 /* digits: fewer do not say how a picture lies */
};
#define LEAST_SURE 1e-4 /* a probability that counts as this at least */

static dsc_status read_ink(dsc_ink *ink, size_t *lines, const uint8_t *pixels, size_t height, size_t width,
                           size_t channels, bool several, dsc_error *error) {
    *lines = 0;
    dsc_status status = dsc_ink_make(ink, pixels, height, width, channels, error);
    if (!status && several) status = dsc_lines_remove(lines, ink, error);
    /* Beside strokes, compression leaves faint ink, which would join neighbours. */
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

static void take_notes(dsc_picture_notes *notes, const dsc_ink *ink, const dsc_pieces *p, size_t usual) {
    *notes = (dsc_picture_notes){
        .reduced = ink->scale, .digit_height = usual, .lines = p->lines, .sheet = ink->sheet};
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
        case DSC_PIECE_POINT:
            notes->points++;
            break;
        case DSC_PIECE_DASH:
            notes->dashes++;
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

/* The box in pixels of the picture, of a box in its ink. */
static void place(dsc_digit *digit, const dsc_box *b, const dsc_ink *ink, size_t height, size_t width) {
    const size_t right = b->right * ink->scale, bottom = b->bottom * ink->scale;
    digit->left = b->left * ink->scale;
    digit->top = b->top * ink->scale;
    digit->width = (right < width ? right : width) - digit->left;
    digit->height = (bottom < height ? bottom : height) - digit->top;
    if (digit->left == 0 || digit->top == 0 || right >= width || bottom >= height)
        digit->marks |= DSC_DIGIT_AT_EDGE;
}

dsc_status dsc_prepare_digit(dsc_digit *digit, dsc_picture_notes *notes, const uint8_t *pixels, size_t height,
                             size_t width, size_t channels, dsc_error *error) {
    dsc_ink ink = {0};
    dsc_pieces pieces = {0};
    dsc_picture_notes own;
    dsc_box box;
    size_t lines, kept = 0;
    if (!notes) notes = &own;
    *notes = (dsc_picture_notes){.reduced = 1};
    memset(digit, 0, sizeof *digit);
    dsc_status status = read_ink(&ink, &lines, pixels, height, width, channels, false, error);
    if (!status) status = read_pieces(&pieces, &ink, lines, false, error);
    for (size_t i = 0; i < pieces.run_count && !status; i++)
        if (!pieces.pieces[pieces.runs[i].piece].fate) pieces.runs[kept++] = pieces.runs[i];
    if (!status) take_notes(notes, &ink, &pieces, 0);
    if (!status && kept == 0) status = fail_no_digit(notes, error);
    if (!status) status = dsc_digit_make(digit->pixels, &box, &ink, &(dsc_part){pieces.runs, kept}, error);
    if (!status) place(digit, &box, &ink, height, width);
    if (!status) notes->digit_height = digit->height / ink.scale;
    dsc_pieces_clear(&pieces);
    dsc_ink_clear(&ink);
    return status;
}

/* --- several digits --- */

#define BORROWED 0x80000000u /* a mark on the number of another piece */

/* The runs of each group, one group behind the other; those of group i begin at begins[i] and end at
 * begins[i + 1]. */
static void sort_runs(dsc_ink_run *out, size_t *begins, const dsc_pieces *p, const dsc_group *groups,
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

/* All that one reading of the ink needs and gives; one place to free it. */
typedef struct search {
    dsc_pieces pieces;
    dsc_group *groups;
    dsc_ink_run *runs;
    size_t *begins;
    dsc_digit *digits;
    size_t count, capacity;
    double sure;  /* the sum over the digits of the logarithms of the judge's probabilities */
    size_t usual; /* how high digits are */
    size_t groups_count;
    dsc_picture_notes notes;
} search;

static void search_clear(search *s) {
    dsc_pieces_clear(&s->pieces);
    free(s->groups);
    free(s->runs);
    free(s->begins);
    free(s->digits);
    *s = (search){0};
}

/* What all readings of a picture share. */
typedef struct reading {
    dsc_ink ink;
    size_t lines;
    size_t quarters;        /* that the ink was turned by, */
    const dsc_tilt *tilt;   /* ... and how it was set straight then; NULL: it was not */
    size_t height, width;   /* of the picture */
    const dsc_judge *judge; /* NULL: nobody helps */
} reading;

/* Where a box of the ink as it lies now is in the picture. */
static void place_back(dsc_digit *digit, const dsc_box *box, const reading *r) {
    const dsc_box turned = r->tilt ? dsc_box_before_tilt(box, r->tilt) : *box;
    const size_t width = r->tilt ? r->tilt->width : r->ink.width,
                 height = r->tilt ? r->tilt->height : r->ink.height;
    const dsc_box upright = dsc_box_before_turns(&turned, width, height, r->quarters);
    place(digit, &upright, &r->ink, r->height, r->width);
}

static dsc_status add_digit(search *s, const reading *r, const dsc_part *part, uint32_t line, uint32_t marks,
                            dsc_error *error) {
    dsc_box box;
    float sure = 0;
    if (!dsc_grow(&s->digits, &s->capacity, s->count + 1, sizeof *s->digits))
        return dsc_fail_memory(error, (s->count + 1) * sizeof *s->digits, "the digits of a picture");
    dsc_digit *digit = &s->digits[s->count++];
    *digit = (dsc_digit){.line = line, .marks = marks};
    dsc_status status = dsc_digit_make(digit->pixels, &box, &r->ink, part, error);
    if (!status) place_back(digit, &box, r);
    if (!status && r->judge) status = r->judge->ask(r->judge->context, &sure, digit->pixels, 1, error);
    s->sure += log(fmax((double)sure, LEAST_SURE));
    return status;
}

/* What is wider than a digit, or doubtful, may be several that touch. */
static bool may_be_several(const dsc_group *group, size_t usual, double sure) {
    const size_t width = dsc_box_width(&group->box), height = dsc_box_height(&group->box);
    const size_t high = height > usual ? height : usual;
    return width * 10 > high * 11 || (sure < 0.97 && width * 2 > high);
}

static dsc_status add_group(search *s, const reading *r, const dsc_group *group, const dsc_part *part,
                            dsc_error *error) {
    const double before = s->sure;
    dsc_status status = add_digit(s, r, part, group->line, 0, error);
    if (status || !r->judge || !may_be_several(group, s->usual, exp(s->sure - before))) return status;
    dsc_cut cut;
    status = dsc_cut_make(&cut, &r->ink, part, s->usual, r->judge, error);
    if (!status && cut.count > 1) s->count--, s->sure = before;
    for (size_t i = 0; i < cut.count && cut.count > 1 && !status; i++)
        status = add_digit(s, r, &cut.parts[i], group->line, DSC_DIGIT_CUT, error);
    dsc_cut_clear(&cut);
    return status;
}

static dsc_status search_run(search *s, const reading *r, dsc_error *error) {
    *s = (search){0};
    size_t kept = 0;
    dsc_status status = read_pieces(&s->pieces, &r->ink, r->lines, true, error);
    if (status) return status;
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
    if (!s->groups || !s->runs || !s->begins)
        return dsc_fail_memory(error, s->pieces.run_count * sizeof *s->runs, "the digits of a picture");
    const size_t found = dsc_groups_make(s->groups, &s->pieces, &s->usual);
    s->groups_count = found;
    take_notes(&s->notes, &r->ink, &s->pieces, s->usual);
    s->notes.turned = r->quarters;
    if (found == 0) return fail_no_digit(&s->notes, error);
    sort_runs(s->runs, s->begins, &s->pieces, s->groups, found);
    for (size_t i = 0; i < found && !status; i++)
        status = add_group(s, r, &s->groups[i],
                           &(dsc_part){s->runs + s->begins[i], s->begins[i + 1] - s->begins[i]}, error);
    return status;
}

/* --- a picture that lies on its side, or askew --- */

/* How sure the judge is of a digit, on average over logarithms. */
static double mean_of(const search *s) { return s->count ? s->sure / (double)s->count : log(LEAST_SURE); }

static void keep_better(search *best, search *other, bool better) {
    if (!better) {
        search_clear(other);
        return;
    }
    search_clear(best);
    *best = *other;
}

/* A reading of ink that was turned or set straight, which may fail without harm. */
static dsc_status search_again(search *s, const reading *r, dsc_error *error) {
    dsc_error why;
    const dsc_status status = search_run(s, r, &why);
    if (status) search_clear(s);
    return status && status != DSC_ERROR_FORMAT ? dsc_fail(error, status, "%s", why.message) : DSC_OK;
}

/* The ink, turned by one to three quarters: where the judge is plainly surer, the picture lies so. The best
 * reading so far is in *best. The ink ends as it began. */
static dsc_status try_turns(search *best, reading *r, dsc_error *error) {
    const double upright = mean_of(best), surer = fmax(0.03, 0.4 / (double)best->count);
    if (best->count < TURNED_LEAST || upright > -surer) return DSC_OK;
    dsc_status status = DSC_OK;
    for (size_t quarters = 1; quarters <= 4 && !status; quarters++) {
        search turned = {0};
        status = dsc_ink_turn(&r->ink, error);
        r->quarters = quarters % 4;
        if (status || quarters == 4) break;
        status = search_again(&turned, r, error);
        keep_better(best, &turned,
                    !status && turned.count >= TURNED_LEAST && mean_of(&turned) > upright + surer &&
                        mean_of(&turned) > mean_of(best));
    }
    return status;
}

/* Lines that fall or rise by more than four degrees are set straight. */
static dsc_status try_straight(search *best, reading *r, dsc_error *error) {
    double slope;
    dsc_status status = dsc_groups_slope(&slope, best->groups, best->groups_count, best->usual, error);
    if (status || fabs(slope) < 0.07) return status;
    for (; r->quarters < best->notes.turned && !status; r->quarters++) status = dsc_ink_turn(&r->ink, error);
    dsc_ink straight = {0}, as_it_was = r->ink;
    dsc_tilt tilt;
    search other = {0};
    if (!status) status = dsc_ink_straighten(&straight, &tilt, &r->ink, slope, error);
    if (!status) {
        r->ink = straight;
        r->tilt = &tilt;
        status = search_again(&other, r, error);
        r->tilt = NULL;
        r->ink = as_it_was;
    }
    keep_better(best, &other, !status && other.count && mean_of(&other) >= mean_of(best) - 0.02);
    dsc_ink_clear(&straight);
    return status;
}

/* --- small pictures --- */

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

static dsc_status find_one(search *s, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                           dsc_error *error) {
    search_clear(s);
    *s = (search){.digits = dsc_allocate(1, sizeof *s->digits), .count = 1};
    if (!s->digits) return dsc_fail_memory(error, sizeof *s->digits, "a digit");
    return dsc_prepare_digit(s->digits, &s->notes, pixels, height, width, channels, error);
}

static dsc_status find_all(search *s, reading *r, const uint8_t *pixels, size_t channels, dsc_error *error) {
    dsc_status status = read_ink(&r->ink, &r->lines, pixels, r->height, r->width, channels, true, error);
    if (status) return status;
    status = search_run(s, r, error);
    if (!status && r->judge) status = try_turns(s, r, error);
    return status || !r->judge ? status : try_straight(s, r, error);
}

dsc_status dsc_digits_search(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                             const uint8_t *pixels, size_t height, size_t width, size_t channels,
                             const dsc_judge *judge, dsc_error *error) {
    search s = {.notes = {.reduced = 1}};
    reading r = {.height = height, .width = width, .judge = judge};
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
    search_clear(&s);
    dsc_ink_clear(&r.ink);
    return status;
}

dsc_status dsc_find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                           size_t height, size_t width, size_t channels, dsc_error *error) {
    return dsc_digits_search(digits, count, notes, pixels, height, width, channels, NULL, error);
}

void dsc_digits_free(dsc_digit *digits) { free(digits); }
