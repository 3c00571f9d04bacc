/* SPDX-License-Identifier: MIT */
/* bars.h: a value for each of some names, as bars or as dots, with intervals: as SVG or PNG. */
#ifndef DRAW_BARS_H
#define DRAW_BARS_H

#include "draw/canvas.h"
#include "draw/chart.h"

enum { DRAW_BARS_MOST = 1024, DRAW_BAR_SERIES_MOST = 8 };

typedef struct draw_bar_series {
    const char *name;         /* in the legend; NULL: not there */
    const double *values;     /* (count); NaN: nothing is drawn */
    const double *low, *high; /* (count): the ends of intervals; NULL, or NaN: none */
} draw_bar_series;

typedef struct draw_bars {
    const char *title;         /* NULL: none */
    const char *description;   /* SVG alone */
    const char *const *labels; /* (count), below the axis: as many as fit */
    size_t count;
    const draw_bar_series *series; /* side by side at each label */
    size_t series_count;
    const double *marks; /* (count): a line across all bars of a label; NULL, or NaN: none */
    const char *marks_name;
    const char *x_label;
    draw_axis y;
    bool dots;            /* dots in place of bars: then the axis need not begin at 0 */
    bool names;           /* the labels are names: where they do not fit, they stand upright, whole */
    bool numbers;         /* a bar's value is written above it, as a whole number */
    double width, height; /* points; 0: from the count, and 240 */
} draw_bars;

dsc_status draw_bars_check(const draw_bars *bars, dsc_error *error);
dsc_status draw_bars_save(const char *path, const draw_bars *bars, dsc_error *error);
draw_picture draw_bars_picture(const draw_bars *bars);

#endif
