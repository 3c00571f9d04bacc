/* SPDX-License-Identifier: MIT */
/* ticks.c: chooses readable tick positions for axes. */
#include "draw/ticks.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest of 1, 2, 5, 10 times a power of ten that is at least `step` (up to rounding). */
static double nice_step(double step) {
    double power = pow(10, floor(log10(step)));
    double fraction = step / power * (1 - 1e-9);
    return (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10) * power;
}

/* Ensures a finite range of representable, nonzero length. */
static void widen(double *low, double *high) {
    double size = fmax(fabs(*low), fabs(*high));
    if (!isfinite(*low) || !isfinite(*high) || *high < *low || size > 1e300) {
        *low = 0;
        *high = 1;
    } else if (*high - *low <= 1e-9 * size || size < 1e-290) {
        double middle = (*low + *high) / 2, half = size < 1e-290 ? 0.5 : size / 10;
        *low = middle - half;
        *high = middle + half;
    }
}

static size_t count_of(double low, double high, double step) {
    double n = floor(high / step + 1e-6) - ceil(low / step - 1e-6) + 1;
    return n > 0 ? (size_t)n : 0;
}

draw_ticks draw_ticks_choose(double low, double high, size_t most, bool round, bool whole) {
    widen(&low, &high);
    if (most < 3) most = 3;
    double step = nice_step((high - low) / (double)(most - 1));
    if (whole && step < 1) step = 1;
    /* Widening to whole steps may add one tick too many; a short axis may have room for only one. */
    for (;;) {
        double from = round ? floor(low / step + 1e-6) * step : low;
        double to = round ? ceil(high / step - 1e-6) * step : high;
        if (count_of(from, to, step) <= most) {
            low = from;
            high = to;
            break;
        }
        step = nice_step(step * 1.5);
    }
    while (count_of(low, high, step) < 2 && !(whole && step <= 1)) step = nice_step(step / 2.6);
    if (whole && count_of(low, high, step) < 2) high = low + 1;
    draw_ticks t = {.minimum = low, .maximum = high, .step = step};
    t.first = ceil(low / step - 1e-6) * step;
    t.count = count_of(low, high, step);
    double size = fmax(fabs(low), fabs(high));
    t.decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    if (size >= 1e6 || t.decimals > 6) t.decimals = -1;
    return t;
}

draw_ticks draw_ticks_choose_logarithm(double low, double high, size_t most) {
    widen(&low, &high);
    const double octave = log10(2), steps[] = {octave, 2 * octave, 1, 2, 3, 5, 10, 20, 50, 100};
    for (size_t i = low < -1e-9 ? 2 : 0; i < sizeof steps / sizeof *steps; i++) {
        const double step = steps[i];
        const size_t count = count_of(low, high, step);
        if (count > most) continue;
        if (count < 2) break;
        return (draw_ticks){.minimum = low,
                            .maximum = high,
                            .step = step,
                            .first = ceil(low / step - 1e-6) * step,
                            .count = count,
                            .logarithm = true};
    }
    draw_ticks t = draw_ticks_choose(low, high, most, false, false);
    t.logarithm = true;
    return t;
}

/* Numbers from 1 to a million without exponent, small ones with a decimal; others with an exponent. */
static char *number_label(char out[32], double number) {
    if (number >= 0.999999 && number < 1e6) {
        const bool is_whole = number >= 100 || fabs(number - round(number)) < 1e-6 * number;
        return dsc_format_fixed(out, 32, number, is_whole ? 0 : 1);
    }
    dsc_format_scientific(out, 32, number, 1);
    char *e = strchr(out, 'e');
    (void)sprintf(e[-1] == '0' ? e - 2 : e, "e%d", (int)strtol(e + 1, NULL, 10));
    return out;
}

double draw_tick_value(const draw_ticks *t, size_t index) {
    double value = t->first + (double)index * t->step;
    return fabs(value) < t->step * 1e-6 ? 0 : value; /* never "-0" */
}

char *draw_tick_label(char out[32], const draw_ticks *t, size_t index) {
    double value = draw_tick_value(t, index);
    if (t->logarithm) return number_label(out, pow(10, value));
    if (t->decimals >= 0) return dsc_format_fixed(out, 32, value, t->decimals);
    if (value == 0) return strcpy(out, "0");
    /* As many digits as distinguish neighbours. */
    int digits = (int)ceil(log10(fabs(value) / t->step) - 1e-6);
    dsc_format_scientific(out, 32, value, digits < 0 ? 0 : digits > 12 ? 12 : digits);
    char *e = strchr(out, 'e'), *end = e;
    if (strchr(out, '.'))
        while (end[-1] == '0' || end[-1] == '.')
            if (*--end == '.') break;
    (void)sprintf(end, "e%d", (int)strtol(e + 1, NULL, 10));
    return out;
}
