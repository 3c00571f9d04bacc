/* SPDX-License-Identifier: MIT */
/* lines.c: ruled and squared paper: lines that cross the whole picture are taken out of its ink, so that digits
 * on them stand apart.
 *
 * A line is thin: the ink across it is a short run. Where a stroke crosses it the run is long, and stays. Of each
 * short run the middle votes for all lines that pass it at slopes of up to 3 degrees (Hough, "Method and
 * means for recognizing complex patterns", 1962; Duda and Hart, "Use of the Hough transformation to
 * detect lines and curves in pictures", 1972); a line that nearly every column votes for, or that crosses
 * strokes and has most of them, is one. A lone one counts only in a picture that is wider than high: it may be
 * the bar of a 7 that was cut at its ink. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    INK = 64,         /* of 255: lines are often pale */
    SLOPES = 31,      /* from -15 to 15 steps */
    SLOPE_STEP = 290, /* pixels along for one across: 3 degrees are 15 steps */
    THICK_PART = 80,  /* of the side across: how thick a line may be, and 2 pixels more */
    EDGE_PART = 40,   /* of the length: a line ends so near the picture's edge */
    SIDE_LEAST = 40,  /* pixels: smaller pictures are not looked at */
    AWAY = 1          /* pixels that the middle of a run may lie beside its line */
};

/* The picture, seen along or across: where pixel (along, across) lies. */
typedef struct view {
    uint8_t *values;
    size_t length, breadth; /* along the lines, and across them */
    size_t step, stride;    /* from one pixel to the next, along and across */
} view;

static uint8_t *at(const view *v, size_t along, size_t across) {
    return v->values + along * v->step + across * v->stride;
}

/* Where a line of that slope has its beginning, if it passes the place; twice as fine as pixels. */
static int64_t begin_of(size_t along, size_t middle_twice, int slope) {
    return (int64_t)middle_twice - 2 * (int64_t)along * slope / SLOPE_STEP;
}

/* Calls for each short run of ink across the lines. */
typedef void each_run(void *context, size_t along, size_t first, size_t last);

static void find_runs(const view *v, each_run *run, void *context) {
    const size_t thick = v->breadth / THICK_PART + 2;
    for (size_t along = 0; along < v->length; along++)
        for (size_t y = 0; y < v->breadth; y++) {
            if (*at(v, along, y) < INK) continue;
            const size_t first = y;
            while (y < v->breadth && *at(v, along, y) >= INK) y++;
            if (y - first <= thick) run(context, along, first, y - 1);
        }
}

/* --- voting --- */

typedef struct votes {
    uint32_t *counts; /* (SLOPES, room): by slope and beginning, which may lie outside the picture */
    size_t room;
    int64_t least; /* beginning */
} votes;

static void vote(void *context, size_t along, size_t first, size_t last) {
    votes *v = context;
    for (int s = 0; s < SLOPES; s++) {
        const int64_t place = begin_of(along, first + last, s - SLOPES / 2) - v->least;
        if (place >= 0 && (size_t)place < v->room) v->counts[(size_t)s * v->room + (size_t)place]++;
    }
}

/* Votes within AWAY of a beginning. */
static size_t sum_around(const votes *v, size_t slope, size_t place) {
    const size_t first = place > 2 * AWAY ? place - 2 * AWAY : 0,
                 last = place + 2 * AWAY < v->room ? place + 2 * AWAY : v->room - 1;
    size_t sum = 0;
    for (size_t i = first; i <= last; i++) sum += v->counts[slope * v->room + i];
    return sum;
}

/* --- taking out --- */

typedef struct line {
    const view *view;
    int slope;
    int64_t begin;
    bool removes;   /* else it only counts */
    size_t columns; /* that have a run of it */
    size_t first_along, last_along;
} line;

static void take(void *context, size_t along, size_t first, size_t last) {
    line *l = context;
    const int64_t off = begin_of(along, first + last, l->slope) - l->begin;
    if (off > 2 * AWAY || off < -2 * AWAY) return;
    if (l->columns == 0) l->first_along = along;
    if (l->columns == 0 || l->last_along != along) l->columns++;
    l->last_along = along;
    if (!l->removes) return;
    for (size_t y = first > 0 ? first - 1 : 0; y <= last + 1 && y < l->view->breadth; y++)
        *at(l->view, along, y) = 0;
}

enum { LINES_MOST = 256 };

/* Whether it crosses the picture and has enough of it: beside one of the same slope fewer columns are enough, for
 * it may lie behind all that is written. */
static bool is_line(const line *l, const line *lines, size_t count) {
    const size_t length = l->view->length, end = length / EDGE_PART;
    if (l->columns == 0 || l->first_along > end || l->last_along + end + 1 < length) return false;
    if (l->columns * 10 >= length * 6) return true;
    return count > 0 && abs(lines[0].slope - l->slope) <= 1 && l->columns * 3 >= length;
}

/* What most votes are for. Returns how many. */
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

/* A line's votes, and those for lines of other slopes that it gave too, are gone. */
static void forget_votes(const votes *v, const line *l) {
    const int64_t middle = (int64_t)(l->view->length / 2);
    for (int s = 0; s < SLOPES; s++) {
        const int64_t apart = 2 * middle * (l->slope - (s - SLOPES / 2)) / SLOPE_STEP,
                      reach = 2 * AWAY + 4 + (apart < 0 ? -apart : apart);
        for (int64_t b = l->begin + apart - reach; b <= l->begin + apart + reach; b++)
            if (b >= v->least && (size_t)(b - v->least) < v->room)
                v->counts[(size_t)s * v->room + (size_t)(b - v->least)] = 0;
    }
}

/* The lines that are there, the strongest first. Returns how many. */
static size_t find_lines(line *lines, const votes *v, const view *seen) {
    size_t count = 0;
    for (size_t round = 0; round < LINES_MOST; round++) {
        line l = {.view = seen};
        if (strongest(&l, v) * 3 < seen->length) break;
        find_runs(seen, take, &l);
        forget_votes(v, &l);
        if (is_line(&l, lines, count)) lines[count++] = l;
    }
    return count;
}

/* How many lines are taken out: all, if there are at least `fewest`. */
static dsc_status take_lines(size_t *taken, const view *seen, size_t fewest, dsc_error *error) {
    const size_t drift = 2 * seen->length * (SLOPES / 2) / SLOPE_STEP + 1;
    votes v = {.room = 2 * seen->breadth + 2 * drift, .least = -(int64_t)drift};
    line lines[LINES_MOST];
    *taken = 0;
    if (seen->length < SIDE_LEAST || seen->breadth < SIDE_LEAST) return DSC_OK;
    v.counts = dsc_allocate(SLOPES * v.room, sizeof *v.counts);
    if (!v.counts)
        return dsc_fail_memory(error, SLOPES * v.room * sizeof *v.counts, "the lines of a picture");
    find_runs(seen, vote, &v);
    const size_t count = find_lines(lines, &v, seen);
    free(v.counts);
    if (count < fewest) return DSC_OK;
    for (size_t i = 0; i < count; i++) {
        lines[i].removes = true;
        lines[i].columns = 0;
        find_runs(seen, take, &lines[i]);
    }
    *taken = count;
    return DSC_OK;
}

dsc_status dsc_lines_remove(size_t *lines, dsc_ink *ink, dsc_error *error) {
    const view along = {ink->values, ink->width, ink->height, 1, ink->width},
               across = {ink->values, ink->height, ink->width, ink->width, 1};
    size_t upright = 0;
    dsc_status status = take_lines(lines, &along, ink->width * 10 > ink->height * 13 ? 1 : 2, error);
    if (!status) status = take_lines(&upright, &across, 3, error);
    *lines += upright;
    return status;
}
