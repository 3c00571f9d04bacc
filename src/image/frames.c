/* SPDX-License-Identifier: MIT */
/* frames.c: finds form boxes, rows of boxes, combs and frames, also in perspective, and removes their sides
 * from the ink, so that touching digits become separate.
 *
 * A frame is a piece of ink with a straight outline: the first pixels of most of its rows are on one line,
 * the last ones on another, and likewise the first and last pixels of its columns. All of these lines are
 * thin, and the frame has content. A comb has no upper side: both of its uprights end at one height, and
 * others of that height are between them. Walls between cells connect opposite sides. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    INK = 64,        /* of 255 */
    SIDE_LEAST = 28, /* pixels: smaller pieces are not frames */
    FRAMES_MOST = 256,
    SAMPLES = 12, /* points of an outline through which lines are tried */
    NOWHERE = -1
};
#define SLOPE_MOST   0.36 /* pixels across per pixel along: 20 degrees */
#define OFF_MOST     2.0  /* pixels: largest distance of an outline from its line */
#define SHARE_LEAST  0.65 /* least share of an outline on its line */
#define SHARES_LEAST 3.1  /* least sum of the four shares */

/* The ink by rows or by columns: access to pixel (along, across). */
typedef struct view {
    uint8_t *values;
    size_t length, breadth;
    size_t step, stride; /* distance of neighbours along and across */
} view;

static uint8_t *at(const view *v, size_t along, size_t across) {
    return v->values + along * v->step + across * v->stride;
}

/* One side: across = begin + slope * along, between two places along. */
typedef struct side {
    double begin, slope;
    size_t from, to; /* range in which the outline is on it */
    double share;    /* of the outline on it */
    size_t thick;
} side;

static double across_of(const side *s, double along) { return s->begin + s->slope * along; }

/* --- the outline --- */

/* The first and last pixel of each row and each column of a piece. */
typedef struct outline {
    dsc_box box;
    int32_t *left, *right, *top, *bottom;
} outline;

static void trace(outline *o, const dsc_pieces *p, uint32_t piece) {
    const size_t height = dsc_box_height(&o->box), width = dsc_box_width(&o->box);
    for (size_t y = 0; y < height; y++) o->left[y] = o->right[y] = NOWHERE;
    for (size_t x = 0; x < width; x++) o->top[x] = o->bottom[x] = NOWHERE;
    for (size_t i = 0; i < p->run_count && p->runs[i].row < o->box.bottom; i++) {
        const dsc_ink_run *run = &p->runs[i];
        if (run->piece != piece) continue;
        const size_t y = run->row - o->box.top;
        if (o->left[y] == NOWHERE) o->left[y] = (int32_t)run->first;
        o->right[y] = (int32_t)run->last - 1;
        for (size_t x = run->first - o->box.left; x < run->last - o->box.left; x++) {
            if (o->top[x] == NOWHERE) o->top[x] = (int32_t)run->row;
            o->bottom[x] = (int32_t)run->row;
        }
    }
}

static bool lies_on(const side *s, int32_t place, size_t along) {
    return place != NOWHERE && fabs(across_of(s, (double)along) - (double)place) <= OFF_MOST;
}

/* The median thickness of a side, measured inward. */
static size_t thickness_of(const side *s, const int32_t *places, size_t begin, const view *v,
                           bool from_first) {
    size_t counts[64] = {0}, all = 0, sum = 0;
    for (size_t along = s->from; along < s->to; along++) {
        if (!lies_on(s, places[along - begin], along)) continue;
        size_t across = (size_t)places[along - begin], thick = 0;
        while (thick < 63 && across < v->breadth && *at(v, along, across) >= INK) {
            thick++;
            across = from_first ? across + 1 : across - 1; /* below 0 wraps to more than the breadth */
        }
        counts[thick]++;
        all++;
    }
    for (size_t i = 0; i < 64; i++)
        if (2 * (sum += counts[i]) > all) return i;
    return 64;
}

/* Fits the line that has most of an outline on it; `places` belong to [begin, begin + count) along. */
static side fit_side(const int32_t *places, size_t begin, size_t count, const view *v, bool from_first) {
    side best = {0};
    size_t most = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = i + SAMPLES / 3; k < SAMPLES; k++) {
            const size_t a = (2 * i + 1) * count / (2 * SAMPLES), b = (2 * k + 1) * count / (2 * SAMPLES);
            if (a == b || places[a] == NOWHERE || places[b] == NOWHERE) continue;
            side s = {.slope = ((double)places[b] - (double)places[a]) / (double)(b - a)};
            if (fabs(s.slope) > SLOPE_MOST) continue;
            s.begin = (double)places[a] - s.slope * (double)(begin + a);
            size_t on = 0;
            for (size_t j = 0; j < count; j++) on += lies_on(&s, places[j], begin + j);
            if (on > most) most = on, best = s;
        }
    best.share = (double)most / (double)count;
    best.from = begin + count;
    for (size_t j = 0; j < count && most; j++)
        if (lies_on(&best, places[j], begin + j)) {
            if (begin + j < best.from) best.from = begin + j;
            best.to = begin + j + 1;
        }
    best.thick = thickness_of(&best, places, begin, v, from_first);
    return best;
}

/* --- recognition --- */

typedef struct frame {
    side left, right, top, bottom;
    dsc_box box;
    bool comb; /* `top` joins the upper ends of its uprights */
} frame;

static bool alike(double a, double b, double least) { return a >= least * b && b >= least * a; }

/* Whether enough rows inside have ink for a digit's height: the frame has content. */
static bool holds_something(const frame *f, const view *rows) {
    const size_t inset = f->left.thick + 4;
    size_t inked = 0;
    for (size_t y = f->box.top + inset; y + inset < f->box.bottom; y++) {
        const double first = across_of(&f->left, (double)y) + (double)inset,
                     last = across_of(&f->right, (double)y) - (double)f->right.thick - 4;
        bool any = false;
        for (size_t x = first < 0 ? 0 : (size_t)first; (double)x < last && x < rows->breadth && !any; x++)
            any = *at(rows, y, x) >= 2 * INK;
        inked += any;
    }
    return inked * 4 >= dsc_box_height(&f->box);
}

static bool is_thin(const side *s, size_t shorter) { return s->thick > 0 && s->thick <= shorter / 12 + 2; }

/* Whether it is a comb; the line between the uprights' ends then becomes the upper side. */
static bool is_comb(frame *f) {
    const double left =
                     across_of(&f->bottom, across_of(&f->left, (double)f->left.from)) - (double)f->left.from,
                 right = across_of(&f->bottom, across_of(&f->right, (double)f->right.from)) -
                         (double)f->right.from;
    const double x[2] = {across_of(&f->left, (double)f->left.from),
                         across_of(&f->right, (double)f->right.from)};
    if (left < SIDE_LEAST || !alike(left, right, 0.75) || x[1] - x[0] < left) return false;
    const double below = (double)f->bottom.thick + 3; /* uprights end at the lower side */
    if ((double)f->left.to > across_of(&f->bottom, x[0]) + below ||
        (double)f->right.to > across_of(&f->bottom, x[1]) + below)
        return false;
    if (!alike((double)f->left.thick + 1, (double)f->bottom.thick + 1, 0.5) ||
        !alike((double)f->right.thick + 1, (double)f->bottom.thick + 1, 0.5))
        return false;
    f->top = (side){.slope = ((double)f->right.from - (double)f->left.from) / (x[1] - x[0]),
                    .thick = f->bottom.thick};
    f->top.begin = (double)f->left.from - f->top.slope * x[0];
    f->comb = true;
    return true;
}

static bool is_frame(frame *f, const outline *o, const view *rows, const view *columns) {
    const size_t height = dsc_box_height(&o->box), width = dsc_box_width(&o->box),
                 shorter = height < width ? height : width;
    *f = (frame){.box = o->box};
    f->left = fit_side(o->left, o->box.top, height, rows, true);
    f->right = fit_side(o->right, o->box.top, height, rows, false);
    f->bottom = fit_side(o->bottom, o->box.left, width, columns, false);
    if (f->left.share < SHARE_LEAST || f->right.share < SHARE_LEAST || f->bottom.share < SHARE_LEAST ||
        !is_thin(&f->left, shorter) || !is_thin(&f->right, shorter) || !is_thin(&f->bottom, shorter))
        return false;
    if (across_of(&f->right, (double)o->box.top) - across_of(&f->left, (double)o->box.top) < SIDE_LEAST / 2.0)
        return false;
    f->top = fit_side(o->top, o->box.left, width, columns, true);
    const double shares = f->left.share + f->right.share + f->top.share + f->bottom.share,
                 middle = (double)(o->box.left + o->box.right) / 2;
    /* The upper outline of a comb is mostly its lower side. */
    const bool apart = across_of(&f->bottom, middle) - across_of(&f->top, middle) >= (double)height / 2;
    const bool closed =
        apart && f->top.share >= SHARE_LEAST && is_thin(&f->top, shorter) && shares >= SHARES_LEAST;
    return (closed || is_comb(f)) && holds_something(f, rows);
}

/* --- removal --- */

/* Finds the run of ink at or next to a place; false: there is none. */
static bool run_at(size_t *first, size_t *last, const view *v, size_t along, double across, size_t reach) {
    for (size_t off = 0; off <= 2 * reach; off++) { /* 0, 1, -1, 2, -2 and so on */
        const size_t apart = (off + 1) / 2;
        const double place = off % 2 ? across + (double)apart : across - (double)apart;
        if (place < 0 || place >= (double)v->breadth || *at(v, along, (size_t)place) < INK) continue;
        for (*first = (size_t)place; *first > 0 && *at(v, along, *first - 1) >= INK;) --*first;
        for (*last = (size_t)place + 1; *last < v->breadth && *at(v, along, *last) >= INK;) ++*last;
        return true;
    }
    return false;
}

static size_t most_of(size_t thick) { return thick + thick / 2 + 2; }

/* Removes a line at one place, given its middle and thickness. If a stroke ends at the line, only the line's
 * part is removed; a stroke that crosses the line stays. */
static void erase_at(const view *v, size_t along, double middle, size_t thick) {
    size_t first, last;
    if (!run_at(&first, &last, v, along, middle, 2)) return;
    size_t from = first, to = last;
    if (last - first > most_of(thick)) {
        const double half = (double)thick / 2 + 1, begin = middle - half, end = middle + half;
        const bool before = (double)first<begin - 2, behind = (double)last> end + 2;
        if (before && behind) return;
        if (before) from = begin < 0 ? 0 : (size_t)begin;
        if (behind) to = (size_t)end;
    } else { /* with its soft edges */
        from = first ? first - 1 : 0;
        to = last + 1;
    }
    for (size_t x = from; x < to && x < v->breadth; x++) *at(v, along, x) = 0;
}

/* Removes a side from one place along to another. The side is fitted to the outline; its middle is further
 * inward. */
static void erase_side(const view *v, const side *s, double from, double to, bool from_first) {
    const double inward = ((double)s->thick - 1) / 2 * (from_first ? 1 : -1);
    const size_t end = to >= (double)v->length ? v->length : to < 0 ? 0 : (size_t)to;
    for (size_t along = from < 0 ? 0 : (size_t)from; along < end; along++)
        erase_at(v, along, across_of(s, (double)along) + inward + 0.5, s->thick);
}

/* The worth of a wall between opposite sides: nearly all places along it have ink, mostly little across. 0:
 * not a wall. */
static double worth_of_wall(const view *v, double from, double to, double foot, double head, size_t thick) {
    const size_t all = (size_t)(to - from);
    size_t inked = 0, thin = 0;
    for (size_t i = 0; i < all; i++) {
        size_t first, last;
        const double along = from + (double)i;
        const double across = head + (foot - head) * (along - from) / (to - from);
        if (along < 0 || along >= (double)v->length ||
            !run_at(&first, &last, v, (size_t)along, across + 0.5, 1))
            continue;
        inked++;
        thin += last - first <= most_of(thick);
    }
    if (inked * 100 < all * 92 || thin * 100 < all * 55 || all < SIDE_LEAST / 2) return 0;
    return (double)(inked + thin) / (double)(2 * all);
}

typedef struct wall {
    double from, to;     /* along */
    double begin, slope; /* across = begin + slope * along */
    double worth;
} wall;

/* The best wall at share t of the way from `first` to `last`; it connects `near` and `far`. */
static wall wall_at(const view *v, const frame *f, bool upright, double t) {
    const side *first = upright ? &f->left : &f->top, *last = upright ? &f->right : &f->bottom,
               *near = upright ? &f->top : &f->left, *far = upright ? &f->bottom : &f->right;
    const double gap = (double)(first->thick + last->thick) / 2 + 2;
    wall best = {0};
    /* Iterates, because the place where the wall meets a side depends slightly on the side's position
     * there. */
    double along[2] = {upright ? (double)f->box.top : (double)f->box.left,
                       upright ? (double)f->box.bottom : (double)f->box.right},
           across[2] = {0};
    for (int round = 0; round < 3; round++)
        for (int end = 0; end < 2; end++) {
            across[end] = across_of(first, along[end]) * (1 - t) + across_of(last, along[end]) * t;
            along[end] = across_of(end ? far : near, across[end]);
        }
    const double height = along[1] - along[0], from = along[0] + gap + (f->comb ? 0.06 * height : 0),
                 to = along[1] - gap;
    size_t a, b;
    if (to - from < SIDE_LEAST / 2.0 || to < 0 || to >= (double)v->length ||
        !run_at(&a, &b, v, (size_t)to, across[1] + 0.5, 1))
        return best;
    const int reach = (int)(0.05 * height) + 2;
    for (int off = -reach; off <= reach; off++) {
        const double head = across[0] + off,
                     worth = worth_of_wall(v, from, to, across[1], head, f->bottom.thick);
        if (worth <= best.worth) continue;
        const double slope = (across[1] - head) / (to - from);
        best = (wall){along[0] - 2, to + gap, head - slope * from, slope, worth};
    }
    return best;
}

/* Finds the walls between left and right, or between top and bottom, and removes them if `erase`. Returns
 * their number. */
static size_t find_walls(const view *v, const frame *f, bool upright, bool erase) {
    const double length = upright ? (double)dsc_box_width(&f->box) : (double)dsc_box_height(&f->box);
    const double margin = (double)f->left.thick + 4;
    size_t count = 0;
    wall best = {0};
    const size_t places = length > 2 * margin ? (size_t)(length - 2 * margin) : 0,
                 near = f->bottom.thick + 2; /* largest distance between feet of one wall */
    for (size_t x = 0, since = 0; x < places; x++) {
        const wall w = wall_at(v, f, upright, (margin + (double)x) / length);
        if (w.worth > best.worth) best = w, since = x;
        if (best.worth == 0 || (x - since <= near && x + 1 < places)) continue;
        count++;
        const size_t first = best.from < 0 ? 0 : (size_t)best.from;
        for (size_t along = first; erase && (double)along < best.to && along < v->length; along++)
            erase_at(v, along, best.begin + best.slope * (double)along + 0.5, f->bottom.thick);
        best = (wall){0};
    }
    return count;
}

/* Removes what is left where two sides met. */
static void erase_corner(const view *rows, const side *upright, const side *level) {
    double x = 0, y = across_of(level, across_of(upright, 0));
    for (int round = 0; round < 3; round++) x = across_of(upright, y), y = across_of(level, x);
    const double reach = (double)(upright->thick > level->thick ? upright->thick : level->thick) + 1.5;
    const size_t top = y < reach ? 0 : (size_t)(y - reach), left = x < reach ? 0 : (size_t)(x - reach);
    for (size_t j = top; (double)j <= y + reach && j < rows->length; j++)
        for (size_t i = left; (double)i <= x + reach && i < rows->breadth; i++) *at(rows, j, i) = 0;
}

/* Removes a frame; false: it is not a frame after all. */
static bool take_out(const frame *f, const view *rows, const view *columns) {
    if (f->comb && find_walls(rows, f, true, false) == 0) return false;
    (void)find_walls(rows, f, true, true);
    if (!f->comb) (void)find_walls(columns, f, false, true);
    const double top = (double)f->box.top, bottom = (double)f->box.bottom, left = (double)f->box.left,
                 right = (double)f->box.right;
    erase_side(rows, &f->left, f->comb ? (double)f->left.from : top, bottom, true);
    erase_side(rows, &f->right, f->comb ? (double)f->right.from : top, bottom, false);
    erase_side(columns, &f->bottom, left, right, false);
    erase_corner(rows, &f->left, &f->bottom);
    erase_corner(rows, &f->right, &f->bottom);
    if (f->comb) return true;
    erase_side(columns, &f->top, left, right, true);
    erase_corner(rows, &f->left, &f->top);
    erase_corner(rows, &f->right, &f->top);
    return true;
}

/* Whether a piece may be a frame: mostly empty. A piece from edge to edge of the picture is ruled lines. */
static bool may_be(const dsc_piece *piece, const dsc_ink *ink) {
    const dsc_box *b = &piece->box;
    const size_t width = dsc_box_width(b), height = dsc_box_height(b);
    return width >= SIDE_LEAST && height >= SIDE_LEAST && piece->area * 5 <= width * height * 3 &&
           piece->most >= 128 && (b->left > 0 || b->right < ink->width) &&
           (b->top > 0 || b->bottom < ink->height);
}

dsc_status dsc_frames_remove(size_t *frames, dsc_ink *ink, dsc_error *error) {
    const view rows = {ink->values, ink->height, ink->width, ink->width, 1},
               columns = {ink->values, ink->width, ink->height, 1, ink->width};
    dsc_ink dark = *ink;
    dsc_pieces pieces;
    size_t tried = 0;
    *frames = 0;
    if (dark.faintest < INK) dark.faintest = INK;
    dsc_status status = dsc_pieces_find(&pieces, &dark, error);
    int32_t *room = NULL;
    if (!status && !(room = dsc_allocate(2 * (ink->width + ink->height), sizeof *room)))
        status =
            dsc_fail_memory(error, 2 * (ink->width + ink->height) * sizeof *room, "the boxes of a picture");
    for (size_t i = 0; i < pieces.count && !status && tried < FRAMES_MOST; i++) {
        frame f;
        outline o = {pieces.pieces[i].box, room, room + ink->height, room + 2 * ink->height,
                     room + 2 * ink->height + ink->width};
        if (!may_be(&pieces.pieces[i], ink)) continue;
        tried++;
        trace(&o, &pieces, (uint32_t)i);
        *frames += is_frame(&f, &o, &rows, &columns) && take_out(&f, &rows, &columns);
    }
    free(room);
    dsc_pieces_clear(&pieces);
    return status;
}
