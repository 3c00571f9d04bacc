/* SPDX-License-Identifier: MIT */
/* cut.c: cuts touching digits apart; see prepare.h.
 *
 * Several straight cuts, upright and slanted, are tried where they cross little ink. Every stretch between
 * two cuts is prepared like a digit, and the judge gives its probability. The stretches are the edges of a
 * lattice from the left end to the right one; the path of the highest probability wins (Casey and Lecolinet,
 * "A survey of methods and strategies in character segmentation", 1996: recognition-based segmentation). A
 * cut has a cost that grows with the ink it crosses, and so has a stretch that is wider or narrower than
 * digits. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLANTS = 5, /* of a cut: from -2 to 2 times SLANT_STEP */
    CUTS_MOST = 48,
    SIDE_MOST = 2000 /* pixels: wider ink is not cut */
};
#define SLANT_STEP  0.22 /* pixels across per pixel down */
#define CUT_APART   0.12 /* of the height: least distance of two cuts */
#define CUT_COST    0.35 /* in logarithms of probability */
#define INK_COST    1.2  /* for ink crossed over the whole height */
#define WIDEST      1.25 /* of the height: widest digit */
#define NARROWEST   0.14 /* likewise: anything narrower and short is a scrap */
#define NARROW_COST 4    /* per height by which the group is narrower than high */

typedef struct cut_line {
    double foot; /* where it crosses the middle row of the box */
    double slant;
    double ink; /* share of the height that is ink */
} cut_line;

/* The cuts; a stretch is between two of them. Both ends are included. */
typedef struct lattice {
    cut_line lines[CUTS_MOST + 2];
    size_t count;
    dsc_box box;
    double height; /* the usual height of digits */
} lattice;

static double slant_of(size_t s) {
    const int steps = (int)s - SLANTS / 2;
    return SLANT_STEP * steps;
}

static double at_row(const lattice *l, const cut_line *line, size_t row) {
    return line->foot + line->slant * ((double)row + 0.5 - (double)(l->box.top + l->box.bottom) / 2);
}

/* --- where to cut --- */

/* Counts the ink that each line crosses: counts (SLANTS, width), indexed by its crossing of the middle
 * row. */
static void count_ink(uint32_t *counts, const lattice *l, const dsc_part *part) {
    const size_t width = dsc_box_width(&l->box);
    memset(counts, 0, SLANTS * width * sizeof *counts);
    for (size_t s = 0; s < SLANTS; s++) {
        const cut_line line = {.slant = slant_of(s)};
        for (size_t i = 0; i < part->count; i++) {
            const dsc_ink_run *run = &part->runs[i];
            const double shift = at_row(l, &line, run->row) + (double)l->box.left;
            const double first = ceil((double)run->first - shift), last = ceil((double)run->last - shift);
            for (double x = first < 0 ? 0 : first; x < last && x < (double)width; x++)
                counts[s * width + (size_t)x]++;
        }
    }
}

/* The cheapest line that is not near a chosen one; false: there is none. */
static bool cheapest(cut_line *best, const lattice *l, const uint32_t *counts) {
    const size_t width = dsc_box_width(&l->box);
    const double apart = CUT_APART * l->height;
    double least = INFINITY;
    for (size_t s = 0; s < SLANTS; s++)
        for (size_t x = 0; x < width; x++) {
            const cut_line line = {(double)(l->box.left + x), slant_of(s),
                                   (double)counts[s * width + x] / l->height};
            const double cost = line.ink + 0.1 * fabs(line.slant);
            if (cost >= least || line.ink > 0.7) continue;
            if ((double)x < apart || (double)(width - x) < apart) continue;
            bool near = false;
            for (size_t i = 0; i < l->count && !near; i++) near = fabs(l->lines[i].foot - line.foot) < apart;
            if (near) continue;
            least = cost;
            *best = line;
        }
    return isfinite(least);
}

static int by_foot(const void *a, const void *b) {
    const double x = ((const cut_line *)a)->foot, y = ((const cut_line *)b)->foot;
    return (x > y) - (x < y);
}

static dsc_status find_lines(lattice *l, const dsc_part *part, dsc_error *error) {
    const size_t width = dsc_box_width(&l->box);
    uint32_t *counts = dsc_allocate(SLANTS * width, sizeof *counts);
    if (!counts) return dsc_fail_memory(error, SLANTS * width * sizeof *counts, "digits that touch");
    count_ink(counts, l, part);
    /* About seven cuts per digit, which is 0.8 as wide as high. */
    size_t wanted = (size_t)(9 * (double)width / l->height) + 2;
    if (wanted > CUTS_MOST) wanted = CUTS_MOST;
    while (l->count < wanted && cheapest(&l->lines[l->count], l, counts)) l->count++;
    free(counts);
    /* The ends are beyond all slants. */
    const double beyond = SLANTS * SLANT_STEP * (double)dsc_box_height(&l->box);
    l->lines[l->count++] = (cut_line){(double)l->box.left - beyond, 0, 0};
    l->lines[l->count++] = (cut_line){(double)l->box.right + beyond, 0, 0};
    qsort(l->lines, l->count, sizeof *l->lines, by_foot);
    return DSC_OK;
}

/* --- stretches --- */

static size_t clamp(double x, size_t first, size_t last) {
    return x <= (double)first ? first : x >= (double)last ? last : (size_t)ceil(x);
}

/* Writes the runs between two lines, dividing runs that a line cuts. Returns their number; `out` has room for
 * all. */
static size_t runs_between(dsc_ink_run *out, const lattice *l, size_t from, size_t to, const dsc_part *part) {
    size_t count = 0;
    for (size_t i = 0; i < part->count; i++) {
        dsc_ink_run run = part->runs[i];
        const size_t first = clamp(at_row(l, &l->lines[from], run.row), run.first, run.last),
                     last = clamp(at_row(l, &l->lines[to], run.row), run.first, run.last);
        if (last <= first) continue;
        run.first = (uint32_t)first;
        run.last = (uint32_t)last;
        out[count++] = run;
    }
    return count;
}

/* The cost of a stretch's shape, beside the judge's doubt. */
static double shape_cost(const lattice *l, const dsc_box *box) {
    const double wide = (double)dsc_box_width(box) / l->height,
                 high = (double)dsc_box_height(box) / l->height;
    double cost = 0;
    if (wide > WIDEST) cost += 4 * (wide - WIDEST);
    if (high < 0.6) cost += 6 * (0.6 - high);
    if (wide < NARROWEST && high < 0.8) cost += 3;
    return cost;
}

/* The worth of a stretch, at most 0; -INFINITY: it cannot be a digit. */
static dsc_status weigh(double *worth, dsc_ink_run *room, const lattice *l, size_t from, size_t to,
                        const dsc_ink *ink, const dsc_part *part, const dsc_judge *judge, dsc_error *error) {
    *worth = -INFINITY;
    const double left = fmax(l->lines[from].foot, (double)l->box.left),
                 right = fmin(l->lines[to].foot, (double)l->box.right);
    const bool whole = from == 0 && to + 1 == l->count;
    if (!whole && (right - left > (WIDEST + 0.3) * l->height)) return DSC_OK;
    const dsc_part stretch = {room, runs_between(room, l, from, to, part)};
    if (!stretch.count) return DSC_OK;
    uint8_t image[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE];
    dsc_box box;
    float sure;
    dsc_status status = dsc_digit_make(image, &box, ink, &stretch, error);
    if (!status) status = judge->ask(judge->context, &sure, image, error);
    if (!status) *worth = dsc_judge_logarithm(sure) - shape_cost(l, &box);
    return status;
}

/* --- the path --- */

static dsc_status best_path(size_t *before, dsc_ink_run *room, const lattice *l, const dsc_ink *ink,
                            const dsc_part *part, const dsc_judge *judge, dsc_error *error) {
    double best[CUTS_MOST + 2];
    /* A group no wider than one digit is rarely two digits. */
    const double narrow = NARROW_COST * fmax(0, 1 - (double)dsc_box_width(&l->box) / l->height);
    best[0] = 0;
    for (size_t to = 1; to < l->count; to++) {
        best[to] = -INFINITY;
        const double cut = to + 1 < l->count ? CUT_COST + INK_COST * l->lines[to].ink + narrow : 0;
        for (size_t from = 0; from < to; from++) {
            double worth;
            if (!isfinite(best[from])) continue;
            dsc_status status = weigh(&worth, room, l, from, to, ink, part, judge, error);
            if (status) return status;
            if (best[from] + worth - cut > best[to]) best[to] = best[from] + worth - cut, before[to] = from;
        }
    }
    if (!isfinite(best[l->count - 1])) before[l->count - 1] = 0; /* no path: the group stays whole */
    return DSC_OK;
}

static dsc_status take_path(dsc_cut *cut, const lattice *l, const size_t *before, const dsc_part *part,
                            dsc_error *error) {
    size_t ends[DSC_PARTS_MOST + 1], count = 0;
    for (size_t at = l->count - 1; at > 0 && count < DSC_PARTS_MOST; at = before[at]) ends[count++] = at;
    /* Each cut may divide each run once. */
    cut->runs = dsc_allocate(count * part->count, sizeof *cut->runs);
    if (!cut->runs)
        return dsc_fail_memory(error, count * part->count * sizeof *cut->runs, "digits that touch");
    dsc_ink_run *out = cut->runs;
    for (size_t i = count; i > 0; i--) {
        const size_t to = ends[i - 1], from = before[to];
        const size_t runs = runs_between(out, l, from, to, part);
        if (runs) cut->parts[cut->count++] = (dsc_part){out, runs};
        out += runs;
    }
    return DSC_OK;
}

dsc_status dsc_cut_make(dsc_cut *cut, const dsc_ink *ink, const dsc_part *part, size_t usual,
                        const dsc_judge *judge, dsc_error *error) {
    lattice l = {.box = dsc_part_box(part)};
    size_t before[CUTS_MOST + 2] = {0};
    *cut = (dsc_cut){.count = 1, .parts = {*part}};
    const size_t height = dsc_box_height(&l.box), width = dsc_box_width(&l.box);
    l.height = (double)(height > usual || height * 2 < usual ? height : usual);
    if ((double)width < 2 * NARROWEST * l.height || width > SIDE_MOST) return DSC_OK;
    dsc_ink_run *room = dsc_allocate(part->count, sizeof *room);
    if (!room) return dsc_fail_memory(error, part->count * sizeof *room, "digits that touch");
    dsc_status status = find_lines(&l, part, error);
    if (!status) status = best_path(before, room, &l, ink, part, judge, error);
    if (!status && before[l.count - 1] != 0) {
        cut->count = 0;
        status = take_path(cut, &l, before, part, error);
    }
    free(room);
    return status;
}

void dsc_cut_clear(dsc_cut *cut) {
    free(cut->runs);
    *cut = (dsc_cut){0};
}
