/* SPDX-License-Identifier: MIT */
/* lines.c: removes the lines of ruled and squared paper, underlines, frames and boxes from the ink, so that
 * digits on them become separate.
 *
 * A line is thin: the ink across it is a short run. Where a stroke crosses a line the run is long, and stays.
 * The middle of each short run votes for all lines through it with slopes of up to 5 degrees (Hough, "Method
 * and means for recognizing complex patterns", 1962; Duda and Hart, "Use of the Hough transformation to
 * detect lines and curves in pictures", 1972). The candidate with most votes is a line if it has ink from one
 * edge of the picture to the other; in a picture wider than high most of the width suffices, because an
 * underline ends before the edges. In other pictures a single line may be the bar of a closely cut 7: it
 * counts only if nothing else is near its two ends.
 *
 * Uprights of one length at both ends of a line, or many along it, make the line a side of a frame, of boxes
 * or of a comb; they are removed, too. */
#include "image/greys.h"
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    INK = 48,         /* of 255: least value of a line */
    PALE_INK = 28,    /* likewise, of a pale line, */
    PALE_MOST = 128,  /* ... which is at most so dark, much paler than writing */
    SLOPES = 51,      /* from -25 to 25 steps */
    SLOPE_STEP = 290, /* pixels along per pixel across: 5 degrees are 25 steps */
    THICK_PART = 50,  /* the breadth divided by this, plus 2 pixels: largest thickness of a line */
    SIDE_LEAST = 40,  /* pixels: smaller pictures are skipped */
    GAP_PART = 60,    /* the length divided by this, plus a pixel: longest gap of a line */
    END_PART = 12,    /* the length divided by this: the end of a line */
    AWAY = 1,         /* pixels: largest distance of a run's middle from its line */
    DRIFT_MOST = 5,   /* pixels: a bent line is so far off its straight course at most */
    DRIFT_PART = 16
};

/* The picture by rows or by columns: access to pixel (along, across). */
typedef struct view {
    uint8_t *values;
    size_t length, breadth; /* along the lines, and across them */
    size_t step, stride;    /* distance of neighbours along and across */
    uint8_t ink;            /* least value of ink: INK or PALE_INK */
} view;

static bool seeks_pale(const view *v) { return v->ink < INK; }

static uint8_t *at(const view *v, size_t along, size_t across) {
    return v->values + along * v->step + across * v->stride;
}

/* The beginning of a line with that slope through a place, in half pixels. */
static int64_t begin_of(size_t along, size_t middle_twice, int slope) {
    return (int64_t)middle_twice - 2 * (int64_t)along * slope / SLOPE_STEP;
}

/* A short run of ink across the lines. */
typedef struct thin_run {
    uint32_t along, first, last;
} thin_run;

typedef struct thin_runs {
    thin_run *all;
    size_t count, capacity;
} thin_runs;

static dsc_status find_runs(thin_runs *r, const view *v, dsc_error *error) {
    const size_t thick = v->breadth / THICK_PART + 2;
    for (size_t along = 0; along < v->length; along++)
        for (size_t y = 0; y < v->breadth; y++) {
            if (*at(v, along, y) < v->ink) continue;
            const size_t first = y;
            while (y < v->breadth && *at(v, along, y) >= v->ink) y++;
            if (y - first > thick) continue;
            if (!dsc_grow(&r->all, &r->capacity, r->count + 1, sizeof *r->all))
                return dsc_fail_memory(error, r->count * sizeof *r->all, "the lines of a picture");
            r->all[r->count++] = (thin_run){(uint32_t)along, (uint32_t)first, (uint32_t)y - 1};
        }
    return DSC_OK;
}

/* --- voting --- */

typedef struct votes {
    uint32_t *counts; /* (SLOPES, room): by slope and beginning, which may be outside the picture */
    size_t room;
    int64_t least; /* least beginning */
} votes;

static void vote(const votes *v, const thin_run *run) {
    for (int s = 0; s < SLOPES; s++) {
        const int64_t place = begin_of(run->along, run->first + run->last, s - SLOPES / 2) - v->least;
        if (place >= 0 && (size_t)place < v->room) v->counts[(size_t)s * v->room + (size_t)place]++;
    }
}

/* The votes within AWAY of a beginning. */
static size_t sum_around(const votes *v, size_t slope, size_t place) {
    const size_t first = place > 2 * AWAY ? place - 2 * AWAY : 0,
                 last = place + 2 * AWAY < v->room ? place + 2 * AWAY : v->room - 1;
    size_t sum = 0;
    for (size_t i = first; i <= last; i++) sum += v->counts[slope * v->room + i];
    return sum;
}

/* --- recognition --- */

typedef struct line {
    int slope;
    int64_t begin;
    size_t from, to; /* range along with ink */
} line;

static bool is_of(const thin_run *run, const line *l) {
    const int64_t off = begin_of(run->along, run->first + run->last, l->slope) - l->begin;
    return off <= 2 * AWAY && off >= -2 * AWAY && run->along >= l->from && run->along < l->to;
}

/* The middle of the line; it may be outside the picture. */
static int64_t middle_at(const line *l, size_t along) {
    return (l->begin + 2 * (int64_t)along * l->slope / SLOPE_STEP) / 2;
}

static bool has_ink(const line *l, const view *v, size_t along) {
    const int64_t middle = middle_at(l, along);
    for (int64_t y = middle - AWAY; y <= middle + AWAY; y++)
        if (y >= 0 && y < (int64_t)v->breadth && *at(v, along, (size_t)y) >= v->ink) return true;
    return false;
}

/* Sets from and to of the longest stretch with ink. A line has ink in every column, its own or that of a
 * stroke across it, with short gaps at most; bars of neighbouring digits have longer gaps. */
static void find_ends(line *l, const view *v) {
    const size_t gap_most = v->length / GAP_PART + 1;
    size_t from = 0, last = 0, count = 0;
    l->from = l->to = 0;
    for (size_t along = 0; along < v->length; along++) {
        if (!has_ink(l, v, along)) continue;
        if (!count || along - last > gap_most) from = along;
        last = along;
        count++;
        if (last + 1 - from > l->to - l->from) l->from = from, l->to = last + 1;
    }
}

/* Whether the picture is clearly wider than high, if the lines are level. */
static bool is_wide(const view *v) { return v->length * 10 > v->breadth * 13; }

static bool reaches_edges(const line *l, const view *v) { return (l->to - l->from) * 20 >= v->length * 19; }

static uint8_t darkest_of(const thin_run *run, const view *v) {
    uint8_t most = 0;
    for (size_t y = run->first; y <= run->last; y++)
        if (*at(v, run->along, y) > most) most = *at(v, run->along, y);
    return most;
}

/* Whether the line is long enough and has runs in enough columns. Fewer suffice beside a line of the same
 * slope, because writing may cover the line, and for a pale line, which is no bar of a digit. */
static bool is_line(line *l, const thin_runs *runs, const view *v, const line *first) {
    size_t columns = 0, counts[256] = {0};
    find_ends(l, v);
    const bool beside = first && abs(first->slope - l->slope) <= 1;
    const size_t length = l->to - l->from;
    if (!reaches_edges(l, v) && !(is_wide(v) && length * 10 >= v->length * 6)) return false;
    for (size_t i = 0; i < runs->count; i++) {
        const thin_run *run = &runs->all[i];
        if (!is_of(run, l) || (i && run->along == run[-1].along && is_of(run - 1, l))) continue;
        counts[darkest_of(run, v)]++;
        columns++;
    }
    if (seeks_pale(v) && dsc_quantile(counts, 0.5) > PALE_MOST) return false;
    return columns * 10 >= length * (beside || seeks_pale(v) ? 3 : 6);
}

/* Whether both ends of a line are free of other ink, as those of a digit's bar are not. */
static bool sticks_out(const line *l, const view *v) {
    const size_t reach = v->length / END_PART, beyond = v->breadth / THICK_PART + 2 + AWAY;
    size_t inked = 0;
    for (size_t i = 0; i < 2 * reach; i++) {
        const size_t along = i < reach ? i : v->length - 1 - (i - reach);
        const int64_t middle = middle_at(l, along);
        bool any = false;
        for (size_t y = 0; y < v->breadth && !any; y++)
            any = *at(v, along, y) >= v->ink && llabs((int64_t)y - middle) > (int64_t)beyond;
        inked += any;
    }
    return inked * 4 <= reach; /* an eighth of the columns may have a speck */
}

/* Finds the line with most votes, and returns their number. */
static size_t strongest(line *l, const votes *v) {
    size_t best = 0;
    for (size_t s = 0; s < SLOPES; s++)
        for (size_t place = 0; place < v->room; place++) {
            const size_t sum = v->counts[s * v->room + place] ? sum_around(v, s, place) : 0;
            if (sum <= best) continue;
            best = sum;
            l->slope = (int)s - SLOPES / 2;
            l->begin = (int64_t)place + v->least;
        }
    return best;
}

/* Removes the votes of a line, including those that its runs gave to other slopes. */
static void forget_votes(const votes *v, const line *l, const view *seen) {
    const int64_t middle = (int64_t)(seen->length / 2);
    for (int s = 0; s < SLOPES; s++) {
        const int64_t apart = 2 * middle * (l->slope - (s - SLOPES / 2)) / SLOPE_STEP,
                      reach = 2 * AWAY + 4 + (apart < 0 ? -apart : apart);
        for (int64_t b = l->begin + apart - reach; b <= l->begin + apart + reach; b++)
            if (b >= v->least && (size_t)(b - v->least) < v->room)
                v->counts[(size_t)s * v->room + (size_t)(b - v->least)] = 0;
    }
}

enum { LINES_MOST = 256 };

/* Finds the lines, the strongest first, and returns their number. */
static size_t find_lines(line *lines, const votes *v, const thin_runs *runs, const view *seen) {
    size_t count = 0;
    for (size_t round = 0; round < LINES_MOST; round++) {
        line l;
        if (strongest(&l, v) * 10 < seen->length * 3) break;
        forget_votes(v, &l, seen);
        if (is_line(&l, runs, seen, count ? lines : NULL)) lines[count++] = l;
    }
    return count;
}

/* Whether a run is of the line, which by then is `drift` (in sixteenths of half pixels) off its straight
 * course; corrects the drift. */
static bool follows(const thin_run *run, const line *l, int64_t *drift) {
    const int64_t off = DRIFT_PART * (begin_of(run->along, run->first + run->last, l->slope) - l->begin);
    if (llabs(off - *drift) > 3 * AWAY * DRIFT_PART || llabs(off) > 2 * DRIFT_MOST * DRIFT_PART) return false;
    *drift += (off - *drift) / 4;
    return true;
}

/* Removes a run with the pixels above and below, its soft edges. */
static void remove_run(const thin_run *run, const view *v) {
    for (size_t y = run->first ? run->first - 1 : 0; y <= run->last + 1u && y < v->breadth; y++)
        *at(v, run->along, y) = 0;
}

/* Removes a line. A pale one is followed from its middle to both ends and beyond, because paper is bent: it
 * may leave its straight course. Ink much darker than most of a line is a stroke along it, and stays. */
static void remove_line(const line *l, const thin_runs *runs, const view *v) {
    size_t counts[256] = {0}, half = 0;
    for (size_t i = 0; i < runs->count; i++) {
        if (is_of(&runs->all[i], l)) counts[darkest_of(&runs->all[i], v)]++;
        if (2 * (size_t)runs->all[i].along < l->from + l->to) half = i + 1;
    }
    const unsigned dark = dsc_quantile(counts, 0.5), most = dark + dark / 2 + 20;
    for (int way = -1; way <= 1; way += 2) {
        int64_t drift = 0;
        const size_t last = way < 0 ? half : runs->count - half;
        for (size_t k = 0; k < last; k++) {
            const thin_run *run = &runs->all[way < 0 ? half - 1 - k : half + k];
            if (darkest_of(run, v) <= most && (seeks_pale(v) ? follows(run, l, &drift) : is_of(run, l)))
                remove_run(run, v);
        }
    }
}

/* --- uprights on a line: the sides of boxes and frames --- */

/* A thin stroke across the lines that begins at one of them. */
typedef struct upright {
    size_t along, across; /* its beginning */
    int step;             /* +1: towards larger `across`; -1: towards smaller */
    size_t length;
} upright;

enum {
    UPRIGHTS_MOST = 512, /* of one line; further ones stay */
    COMB_LEAST = 7       /* so many of one length are not digits */
};

static size_t thickness_most(const view *v) { return v->breadth < 78 ? 5 : v->breadth / 26 + 2; }

/* Finds the run of ink along the lines at a place, [*first, *last). False: there is none, or it is too thick
 * for an upright. */
static bool thin_at(size_t *first, size_t *last, const view *v, size_t along, size_t across) {
    const size_t most = thickness_most(v);
    if (*at(v, along, across) < v->ink) return false;
    for (*first = along; *first > 0 && *at(v, *first - 1, across) >= v->ink; --*first)
        if (along - *first > most) return false;
    for (*last = along + 1; *last < v->length && *at(v, *last, across) >= v->ink; ++*last)
        if (*last - along > most) return false;
    return *last - *first <= most;
}

/* Follows an upright to its end, across strokes, where it is not thin. `erase`: removes its thin parts.
 * Returns its length. */
static size_t follow(const view *v, const upright *u, bool erase) {
    size_t along = u->along, across = u->across, length = 0, thick = 0, first, last;
    for (;; length++) {
        if (thin_at(&first, &last, v, along, across)) {
            along = (first + last - 1) / 2;
            thick = 0;
            for (size_t x = first ? first - 1 : 0; erase && x <= last && x < v->length; x++)
                *at(v, x, across) = 0;
        } else if (*at(v, along, across) < v->ink || ++thick > v->breadth / 8) {
            return length - thick;
        }
        if (u->step < 0 ? across == 0 : across + 1 == v->breadth) return length;
        across = u->step < 0 ? across - 1 : across + 1;
    }
}

/* Finds the uprights that begin on one side of a line, and returns their number. */
static size_t find_uprights(upright *all, const line *l, const view *v, int step) {
    const size_t least = v->breadth / 10 + 4, beyond = thickness_most(v);
    size_t count = 0, until = 0;
    for (size_t along = l->from; along < l->to && count < UPRIGHTS_MOST; along++) {
        const int64_t middle = middle_at(l, along);
        const int64_t across = middle + step * (int64_t)beyond;
        size_t first, last;
        if (along < until || across < 0 || across >= (int64_t)v->breadth) continue;
        if (!thin_at(&first, &last, v, along, (size_t)across)) continue;
        upright u = {(first + last - 1) / 2, (size_t)across, step, 0}, back = u;
        u.length = follow(v, &u, false);
        back.step = -step; /* a digit above the line does not reach it */
        until = last;
        if (u.length >= least && follow(v, &back, false) + AWAY + 1 >= beyond) all[count++] = u;
    }
    return count;
}

/* Whether a length is close to one of the two, or between them: in perspective boxes have different
 * heights. */
static bool as_long(size_t length, size_t a, size_t b) {
    return length * 20 >= (a < b ? a : b) * 17 && length * 17 <= (a < b ? b : a) * 20;
}

/* Whether the line has an upright at each end, or so many of one length, like a comb, that they are not
 * digits. */
static bool are_sides(const upright *all, size_t count, const line *l, size_t beyond) {
    size_t alike = 0;
    if (count < 2) return false;
    const size_t first = all[0].length, last = all[count - 1].length;
    if (first * 10 < last * 6 || last * 10 < first * 6) return false;
    for (size_t i = 0; i < count; i++) alike += as_long(all[i].length, first, last);
    return alike >= COMB_LEAST ||
           (all[0].along <= l->from + beyond && all[count - 1].along + beyond >= l->to);
}

/* Removes all uprights of equal length of a line that is a side of boxes or a frame. Returns whether there
 * are any. */
static bool remove_uprights(const line *l, const view *v) {
    upright all[UPRIGHTS_MOST];
    bool any = false;
    const size_t beyond = thickness_most(v) + v->breadth / 13;
    for (int step = -1; step <= 1; step += 2) {
        const size_t count = find_uprights(all, l, v, step);
        if (!are_sides(all, count, l, beyond)) continue;
        any = true;
        for (size_t i = 0; i < count; i++) {
            if (!as_long(all[i].length, all[0].length, all[count - 1].length)) continue;
            upright back = all[i]; /* to the line, and through it */
            back.step = -step;
            (void)follow(v, &all[i], true);
            if (back.step < 0 ? back.across-- > 0 : ++back.across < v->breadth) (void)follow(v, &back, true);
        }
    }
    return any;
}

/* Removes the rest of a line where uprights crossed it. */
static void remove_crossings(const line *l, const view *v) {
    const int64_t most = (int64_t)(v->breadth / THICK_PART) + 4, breadth = (int64_t)v->breadth;
    for (size_t along = l->from; along < l->to; along++) {
        const int64_t middle = middle_at(l, along);
        for (int64_t y = middle - AWAY; y <= middle + AWAY; y++) {
            int64_t first = y, last = y;
            while (first > 0 && first <= breadth && *at(v, along, (size_t)first - 1) >= v->ink) first--;
            while (last >= 0 && last < breadth && *at(v, along, (size_t)last) >= v->ink) last++;
            for (int64_t k = first; last - first <= most && k >= 0 && k < last; k++)
                *at(v, along, (size_t)k) = 0;
        }
    }
}

/* Removes the lines. Returns their number, counting a box or a frame as one. Pale ones are ruled, and have no
 * uprights. */
static size_t take_out(const line *lines, size_t count, const thin_runs *runs, const view *v) {
    size_t sides = 0, boxes = 0;
    /* Squared paper has its own uprights from edge to edge; a single line and shorter ones may be sides. */
    for (size_t i = 0; i < count; i++) {
        if (seeks_pale(v) || (count > 1 && reaches_edges(&lines[i], v))) continue;
        sides++;
        boxes += remove_uprights(&lines[i], v); /* counted with the first of its sides */
    }
    for (size_t i = 0; i < count; i++) {
        remove_line(&lines[i], runs, v);
        if (!seeks_pale(v) && (count == 1 || !reaches_edges(&lines[i], v))) remove_crossings(&lines[i], v);
    }
    return sides >= 2 * boxes ? count - boxes : count;
}

/* Removes all lines if there are at least `fewest`; *taken: their number. */
static dsc_status take_lines(size_t *taken, const view *seen, size_t fewest, dsc_error *error) {
    const size_t drift = 2 * seen->length * (SLOPES / 2) / SLOPE_STEP + 1;
    votes v = {.room = 2 * seen->breadth + 2 * drift, .least = -(int64_t)drift};
    thin_runs runs = {0};
    line lines[LINES_MOST];
    *taken = 0;
    if (seen->length < SIDE_LEAST || seen->breadth < SIDE_LEAST) return DSC_OK;
    v.counts = dsc_allocate(SLOPES * v.room, sizeof *v.counts);
    dsc_status status =
        v.counts ? find_runs(&runs, seen, error)
                 : dsc_fail_memory(error, SLOPES * v.room * sizeof *v.counts, "the lines of a picture");
    for (size_t i = 0; i < runs.count && !status; i++) vote(&v, &runs.all[i]);
    const size_t count = status ? 0 : find_lines(lines, &v, &runs, seen);
    const bool alone = count == 1 && !is_wide(seen);
    if (count >= fewest && (!alone || sticks_out(&lines[0], seen)))
        *taken = take_out(lines, count, &runs, seen);
    free(runs.all);
    free(v.counts);
    return status;
}

dsc_status dsc_lines_remove(size_t *lines, dsc_ink *ink, dsc_error *error) {
    const uint8_t least[2] = {INK, PALE_INK};
    dsc_status status = DSC_OK;
    *lines = 0;
    for (int k = 0; k < 2 && !status; k++) {
        const view along = {ink->values, ink->width, ink->height, 1, ink->width, least[k]},
                   across = {ink->values, ink->height, ink->width, ink->width, 1, least[k]};
        size_t rows = 0, columns = 0;
        status = take_lines(&rows, &along, 1, error);
        /* Two upright strokes may be 11, but hardly on ruled paper: there they are those of squared paper. */
        if (!status) status = take_lines(&columns, &across, *lines + rows >= 2 ? 2 : 3, error);
        *lines += rows + columns;
    }
    return status;
}
