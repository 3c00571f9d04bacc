/* SPDX-License-Identifier: MIT */
/* bars.h: a value for each name, as bars or as dots with intervals; SVG or PNG. */
#ifndef DRAW_BARS_H
#define DRAW_BARS_H

#include "draw/canvas.h"
#include "draw/chart.h"

enum { DRAW_BARS_MOST = 1024, DRAW_BAR_SERIES_MOST = 8 };

typedef struct draw_bar_series {
    const char *name;         /* in the legend; NULL: omitted */
    const double *values;     /* (count); NaN: not drawn */
    const double *low, *high; /* (count): ends of intervals; NULL or NaN: none */
} draw_bar_series;

typedef struct draw_bars {
    const char *title;         /* NULL: none */
    const char *description;   /* SVG only */
    const char *const *labels; /* (count), below the axis, as many as fit */
    size_t count;
    const draw_bar_series *series; /* side by side at each label */
    size_t series_count;
    const double *marks; /* (count): a line across all bars of a label; NULL or NaN: none */
    const char *marks_name;
    const char *x_label;
    draw_axis y;
    bool dots;            /* dots instead of bars: the axis need not begin at 0 */
    bool names;           /* the labels are names: if they do not fit, they are rotated, not omitted */
    bool numbers;         /* write a bar's value above it, as an integer */
    double width, height; /* points; 0: derived from the count, and 240 */
} draw_bars;

dsc_status draw_bars_check(const draw_bars *bars, dsc_error *error);
dsc_status draw_bars_save(const char *path, const draw_bars *bars, dsc_error *error);
draw_picture draw_bars_picture(const draw_bars *bars);

#endif
