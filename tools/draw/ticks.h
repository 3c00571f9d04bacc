/* SPDX-License-Identifier: MIT */
/* ticks.h: where an axis is marked: at multiples of 1, 2 or 5 times a power of ten, so that people can read
 * between them. After Heckbert, "Nice numbers for graph labels" (Graphics Gems, 1990). */
#ifndef DRAW_TICKS_H
#define DRAW_TICKS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct draw_ticks {
    double minimum, maximum; /* of the axis */
    double step;             /* between ticks; the first is the first multiple of it that lies on the axis */
    double first;
    size_t count;
    int decimals;   /* of the labels; -1: with exponents */
    bool logarithm; /* values are logarithms to the base 10: labels are the numbers themselves */
} draw_ticks;

/* Ticks for values from `low` to `high`, two to `most` of them (three or four where `most` is less than 5
 * and two do not fall on the axis). If `round`, the axis is widened to begin and end at a tick; otherwise it
 * is exactly [low, high]. If `whole`, no tick lies between two integers. A range of one value is widened
 * around it; NaN, infinities and a reversed range give 0 to 1. */
draw_ticks draw_ticks_choose(double low, double high, size_t most, bool round, bool whole);

/* The same for an axis whose values are logarithms to the base 10, exactly [low, high]: ticks at powers of 2
 * where numbers are 1 or more and few enough fall on the axis, else at powers of 10; where fewer than two of
 * these do, as draw_ticks_choose has them. */
draw_ticks draw_ticks_choose_logarithm(double low, double high, size_t most);

double draw_tick_value(const draw_ticks *ticks, size_t index);

/* The label of a tick: "0.25", "20", "1.5e-7", "4096", always with a point. `out` holds 32 bytes. */
char *draw_tick_label(char out[32], const draw_ticks *ticks, size_t index);

#endif
