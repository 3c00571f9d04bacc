/* SPDX-License-Identifier: MIT */
/* ticks.h: tick positions of an axis: multiples of 1, 2 or 5 times a power of ten. After Heckbert, "Nice
 * numbers for graph labels" (Graphics Gems, 1990). */
#ifndef DRAW_TICKS_H
#define DRAW_TICKS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct draw_ticks {
    double minimum, maximum; /* of the axis */
    double step;             /* between ticks; `first` is the first multiple of it on the axis */
    double first;
    size_t count;
    int decimals;   /* of the labels; -1: with exponents */
    bool logarithm; /* values are base-10 logarithms; labels are the numbers themselves */
} draw_ticks;

/* Chooses two to `most` ticks for values from `low` to `high` (three or four if `most` is below 5 and two do
 * not fall on the axis). `round` extends the axis to begin and end at a tick; otherwise it is exactly [low,
 * high]. `whole` avoids ticks between integers. A range of one value is widened around it; NaN, infinities
 * and a reversed range give 0 to 1. */
draw_ticks draw_ticks_choose(double low, double high, size_t most, bool round, bool whole);

/* For an axis of base-10 logarithms, exactly [low, high]: ticks at powers of 2 if all numbers are at least 1
 * and few enough ticks fall on the axis, otherwise at powers of 10; with fewer than two of these, as
 * draw_ticks_choose. */
draw_ticks draw_ticks_choose_logarithm(double low, double high, size_t most);

double draw_tick_value(const draw_ticks *ticks, size_t index);

/* The label of a tick: "0.25", "20", "1.5e-7", "4096", always with a point. `out` holds 32 bytes. Returns
 * `out`. */
char *draw_tick_label(char out[32], const draw_ticks *ticks, size_t index);

#endif
