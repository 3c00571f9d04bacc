/* SPDX-License-Identifier: MIT */
/* groups.c: joins pieces to digits, finds points, dashes and fraction bars between digits, and sorts digits
 * in reading order; see prepare.h. */
#include "image/prepare.h"

#include <stdlib.h>

enum {
    LOWEST_DIGIT = 6, /* pixels of the ink: smaller marks are illegible */
    DOT_MOST = 14,    /* likewise: a round dot, not a heavy digit */
    /* Percent of the height from the top to the foot of both neighbours: */
    BAR_HIGHER = 120,       /* a bar */
    BAR_STEEP_HIGHER = 103, /* a steep stroke that may be one */
    BAR_AS_HIGH = 98        /* another stroke that may be one: round digits are a little higher than others */
};
#define BAR_STEEPEST 0.2 /* pixels to the right per pixel upward */
#define BAR_USUAL    0.3 /* steeper strokes are usually ones */
#define BAR_FLATTEST 1.2
#define BAR_WIDEST   0.3  /* mean width of its rows, as a share of its height */
#define BAR_BEND     0.06 /* of its height: how far it may bend */

static size_t height_of(const dsc_box *box) { return dsc_box_height(box); }
static size_t width_of(const dsc_box *box) { return dsc_box_width(box); }
static size_t between(size_t a_end, size_t b_begin) { return b_begin > a_end ? b_begin - a_end : 0; }

/* The distance of two boxes in pixels, in the direction of the larger one. */
static size_t gap_of(const dsc_box *a, const dsc_box *b) {
    const size_t x = between(a->right, b->left) + between(b->right, a->left);
    const size_t y = between(a->bottom, b->top) + between(b->bottom, a->top);
    return x > y ? x : y;
}

/* The overlap of their horizontal extents, as a share of the narrower one. */
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
    const size_t x = height_of(&((const dsc_group *)a)->box), y = height_of(&((const dsc_group *)b)->box);
    return (x < y) - (x > y);
}

/* --- broken digits --- */

/* Whether a piece belongs to a digit. The pieces of a broken digit, such as a 5 with a separate bar, overlap
 * horizontally or nearly touch, and one is short. A piece as tall as others is a separate digit, however
 * near. */
static bool belongs(const dsc_group *piece, const dsc_group *digit, size_t usual) {
    const size_t gap = gap_of(&piece->box, &digit->box), height = height_of(&piece->box);
    if (height * 20 > usual * 13) return false;
    return (shared_width(&piece->box, &digit->box) > 0.4 && gap * 3 <= usual) || gap * 10 <= usual;
}

/* The nearest digit that a short piece belongs to, or NULL. */
static dsc_group *owner_of(const dsc_group *piece, dsc_group *digits, size_t count, size_t usual) {
    dsc_group *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (belongs(piece, &digits[i], usual) &&
            (!best || gap_of(&piece->box, &digits[i].box) < gap_of(&piece->box, &best->box)))
            best = &digits[i];
    return best;
}

/* --- marks that are no digits --- */

/* Whether a group is a dot, a blot or a dash (solid, and not upright like a 1), or too low to be legible. Of
 * MNIST's digits, scaled to 10 pixels of height, 0.3 percent are as solid as a small round dot; larger digits
 * are not. */
static bool is_mark(const dsc_group *g) {
    const size_t width = width_of(&g->box), height = height_of(&g->box),
                 fill = 100 * g->area / (width * height);
    const bool square = width * 4 >= height * 3 && height * 4 >= width * 3;
    if (height < LOWEST_DIGIT || (fill >= 90 && width * 10 >= height * 6)) return true;
    return height < DOT_MOST && square && fill >= 71;
}

/* The nearest digit on the same line as a mark: it has the usual height, and the mark is beside it or a
 * little below; NULL: none. */
static const dsc_group *neighbour_of(const dsc_box *mark, const dsc_group *groups, size_t count,
                                     size_t usual) {
    const dsc_group *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const dsc_box *box = &groups[i].box;
        if (box == mark || height_of(box) * 4 < usual * 3) continue;
        if (mark->top > box->bottom + height_of(box) / 4 || mark->bottom < box->top) continue;
        const size_t gap = between(box->right, mark->left) + between(mark->right, box->left);
        if (gap > 2 * usual) continue;
        if (!best || gap < between(best->box.right, mark->left) + between(mark->right, best->box.left))
            best = &groups[i];
    }
    return best;
}

/* A comma reaches below the line of digits, and begins near their foot. */
static bool is_comma(const dsc_group *mark, const dsc_group *groups, size_t count, size_t usual) {
    const size_t height = height_of(&mark->box);
    const dsc_group *digit = neighbour_of(&mark->box, groups, count, usual);
    if (!digit || width_of(&mark->box) > height || height * 20 > height_of(&digit->box) * 13) return false;
    const dsc_box *box = &digit->box;
    return (mark->box.top - box->top) * 20 >= height_of(box) * 13 && mark->box.top > box->top &&
           (mark->box.bottom - box->top) * 100 >= height_of(box) * 115;
}

/* The kind of a mark, by its place on the line. */
static dsc_mark_reason kind_of(const dsc_group *mark, const dsc_group *groups, size_t count, size_t usual) {
    const size_t width = width_of(&mark->box), height = height_of(&mark->box);
    const dsc_group *digit = neighbour_of(&mark->box, groups, count, usual);
    if (width >= 2 * height && width * 5 >= usual && width <= 3 * usual && mark->area * 2 >= width * height)
        return DSC_MARK_DASH;
    if (!digit || height * 2 > usual || height * 12 < usual || width * 2 > usual) return DSC_MARK_SMALL;
    const size_t middle = (mark->box.top + mark->box.bottom) / 2;
    return middle > digit->box.top && (middle - digit->box.top) * 4 >= height_of(&digit->box) * 3
               ? DSC_MARK_POINT
               : DSC_MARK_SMALL;
}

/* Removes the groups that are marks. Returns the number of the others. */
static size_t without_marks(dsc_group *groups, size_t count, dsc_pieces *p, size_t usual) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_comma(&groups[i], groups, count, usual))
            p->pieces[groups[i].number].fate = DSC_MARK_POINT;
        else if (is_mark(&groups[i]))
            p->pieces[groups[i].number].fate = kind_of(&groups[i], groups, count, usual);
    for (size_t i = 0; i < count; i++)
        if (!p->pieces[groups[i].number].fate) groups[kept++] = groups[i];
    for (size_t i = 0; i < p->count; i++) /* pieces that belong to the removed groups */
        if (!p->pieces[i].fate && p->pieces[p->pieces[i].digit].fate) p->pieces[i].fate = DSC_MARK_SMALL;
    return kept;
}

/* Makes groups of the pieces, tallest first: each piece joins an existing group or starts one. A short single
 * piece is a mark. Returns the number of groups; *usual: their usual height. */
static size_t put_together(dsc_group *groups, dsc_pieces *p, size_t *usual) {
    size_t count = 0, digits = 0;
    for (size_t i = 0; i < p->count; i++)
        if (!p->pieces[i].fate)
            groups[count++] =
                (dsc_group){.box = p->pieces[i].box, .area = p->pieces[i].area, .number = (uint32_t)i};
    qsort(groups, count, sizeof *groups, by_height);
    /* The tallest groups may be touching digits or a line: the usual height is the median of those at least
     * half as tall. */
    size_t tall = 0;
    while (tall < count && height_of(&groups[tall].box) * 2 >= height_of(&groups[0].box)) tall++;
    *usual = count ? height_of(&groups[tall / 2].box) : 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t piece = groups[i].number;
        dsc_group *owner = is_comma(&groups[i], groups, digits, *usual)
                               ? NULL
                               : owner_of(&groups[i], groups, digits, *usual);
        if (owner) {
            unite(&owner->box, &groups[i].box);
            owner->area += groups[i].area;
            p->pieces[piece].digit = owner->number;
        } else if (height_of(&groups[i].box) * 3 < *usual) {
            p->pieces[piece].fate = kind_of(&groups[i], groups, digits, *usual);
        } else {
            p->pieces[piece].digit = piece;
            groups[digits++] = groups[i];
        }
    }
    digits = without_marks(groups, digits, p, *usual);
    if (digits == 0) *usual = 0;
    return digits;
}

/* --- the order of reading --- */

static int by_top(const void *a, const void *b) {
    const size_t x = ((const dsc_group *)a)->box.top, y = ((const dsc_group *)b)->box.top;
    return (x > y) - (x < y);
}
static int by_left(const void *a, const void *b) {
    const size_t x = ((const dsc_group *)a)->box.left, y = ((const dsc_group *)b)->box.left;
    return (x > y) - (x < y);
}

/* Sorts lines from top to bottom, then each from left to right. A line takes a group that begins above the
 * middle of the line's lowest group, or whose own middle is above that group's foot. */
static void sort_by_lines(dsc_group *groups, size_t count) {
    uint32_t line = 0;
    qsort(groups, count, sizeof *groups, by_top);
    for (size_t first = 0; first < count; line++) {
        size_t last = first, middle = 0, foot = 0;
        for (; last < count; last++) {
            const size_t its = (groups[last].box.top + groups[last].box.bottom) / 2;
            if (last > first && groups[last].box.top >= middle && its >= foot) break;
            if (its > middle) middle = its;
            if (groups[last].box.bottom > foot) foot = groups[last].box.bottom;
            groups[last].line = line;
        }
        qsort(groups + first, last - first, sizeof *groups, by_left);
        first = last;
    }
}

/* --- fraction bars --- */

/* How far a piece that is one straight stroke leans to the right, in pixels per pixel upward: each row has
 * one run, and their centres are on a line (least squares). 0: it is no such stroke. The flag of a 1 is
 * beside the line, and its foot is wider than other rows. */
static double lean_of(const dsc_pieces *p, uint32_t piece, size_t height) {
    double n = 0, x1 = 0, y1 = 0, xy = 0, yy = 0, wide = 0;
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_ink_run *run = &p->runs[i];
        if (run->piece != piece) continue;
        const double x = ((double)run->first + run->last) / 2, y = run->row;
        n++, x1 += x, y1 += y, xy += x * y, yy += y * y, wide += run->last - run->first;
    }
    const double spread = n * yy - y1 * y1;
    if (n != (double)height || spread <= 0 || wide > BAR_WIDEST * n * n) return 0;
    const double slope = (n * xy - x1 * y1) / spread;
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_ink_run *run = &p->runs[i];
        if (run->piece != piece) continue;
        const double x = ((double)run->first + run->last) / 2,
                     off = x - (x1 + slope * (n * run->row - y1)) / n;
        if (off > BAR_BEND * n + 1 || off < -BAR_BEND * n - 1) return 0;
        if ((run->last - run->first) * n > 2 * wide) return 0;
    }
    return -slope >= BAR_STEEPEST && -slope <= BAR_FLATTEST ? -slope : 0;
}

static bool has_one_piece(const dsc_pieces *p, uint32_t number) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) count += !p->pieces[i].fate && p->pieces[i].digit == number;
    return count == 1;
}

/* How far a group between two others leans to the right, if it is one stroke like a slanted fraction bar;
 * otherwise 0. */
static double lean_between(const dsc_group *left, const dsc_group *g, const dsc_group *right,
                           const dsc_pieces *p) {
    const size_t height = height_of(&g->box);
    const bool beside = left->line == g->line && g->line == right->line &&
                        between(left->box.right, g->box.left) <= height &&
                        between(g->box.right, right->box.left) <= height;
    return beside && has_one_piece(p, g->number) ? lean_of(p, g->number, height) : 0;
}

/* Removes slanted fraction bars that are much higher than both neighbours, and marks those as high as them,
 * which may be ones. A steep one is marked only, and only if it is higher. `groups` are in reading order.
 * Returns the number of the others. */
static size_t without_fraction_bars(dsc_group *groups, size_t count, dsc_pieces *p) {
    size_t kept = 0;
    for (size_t i = 1; i + 1 < count; i++) {
        const dsc_box *left = &groups[i - 1].box, *right = &groups[i + 1].box;
        const size_t top = left->top < right->top ? left->top : right->top,
                     bottom = left->bottom > right->bottom ? left->bottom : right->bottom,
                     percent = height_of(&groups[i].box) * 100 / (bottom - top);
        const double lean =
            percent >= BAR_AS_HIGH ? lean_between(&groups[i - 1], &groups[i], &groups[i + 1], p) : 0;
        if (lean >= BAR_USUAL && percent >= BAR_HIGHER)
            p->pieces[groups[i].number].fate = DSC_MARK_DASH;
        else if (lean >= BAR_USUAL || (lean > 0 && percent >= BAR_STEEP_HIGHER))
            groups[i].marks = DSC_DIGIT_OR_BAR;
    }
    for (size_t i = 0; i < count; i++)
        if (!p->pieces[groups[i].number].fate) groups[kept++] = groups[i];
    return kept;
}

/* A straight bar not much wider than the height of digits is writing, not a ruling. */
static void find_bars(dsc_pieces *p, size_t usual) {
    for (size_t i = 0; i < p->count; i++) {
        dsc_piece *piece = &p->pieces[i];
        const size_t width = width_of(&piece->box), height = height_of(&piece->box);
        if (piece->fate == DSC_MARK_LINE && width >= 2 * height && width <= 3 * usual)
            piece->fate = DSC_MARK_DASH;
    }
}

size_t dsc_groups_make(dsc_group *groups, dsc_pieces *pieces, size_t *usual) {
    const size_t count = put_together(groups, pieces, usual);
    find_bars(pieces, *usual);
    sort_by_lines(groups, count);
    return without_fraction_bars(groups, count, pieces);
}
