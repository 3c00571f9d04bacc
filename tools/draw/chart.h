/* SPDX-License-Identifier: MIT */
/* chart.h: line charts with one or several panels, as SVG, PNG or terminal text.
 *
 *   draw_series series[] = {{.name = "error", .y = error, .count = epochs}, {.name = "accuracy", ...}};
 *   draw_panel panel = {.title = "Training set", .x = {.label = "epoch", .whole = true},
 *                       .y = {.label = "share"}, .series = series, .series_count = 2};
 *   draw_chart chart = {.panels = &panel, .panel_count = 1};
 *   draw_chart_save("curves.svg", &chart, &error);
 *
 * Omitted members are zero and mean the default. Series differ by colour, dashes and marker, so they can be
 * told apart in grey. */
#ifndef DRAW_CHART_H
#define DRAW_CHART_H

#include "draw/canvas.h"
#include "draw/terminal.h"
#include "draw/ticks.h"

typedef enum draw_mark {
    DRAW_MARK_BOTH,  /* a line, with markers at some or all points */
    DRAW_MARK_LINE,  /* only a line */
    DRAW_MARK_POINTS /* only markers */
} draw_mark;

typedef struct draw_series {
    const char *name; /* in the legend; NULL: omitted */
    const double *x;  /* NULL: 0, 1, 2, ... */
    const double *y;  /* NaN and infinities are gaps */
    size_t count;
    draw_mark mark;
} draw_series;

typedef struct draw_axis {
    const char *label;
    double minimum, maximum; /* both 0: derived from the data */
    bool whole;              /* ticks only at integers */
    bool logarithm;          /* values are base-10 logarithms, labels the numbers; x axis only */
} draw_axis;

typedef struct draw_panel {
    const char *title;
    draw_axis x, y;
    const draw_series *series;
    size_t series_count;
} draw_panel;

typedef struct draw_chart {
    const char *title;
    const char *description; /* for accessibility; SVG only */
    const draw_panel *panels;
    size_t panel_count;
    size_t columns;                   /* panels side by side; 0: all, up to three */
    bool same_y;                      /* one y range for all panels, for comparison */
    double panel_width, panel_height; /* points; 0 means 340 and 280 */
} draw_chart;

/* DSC_ERROR_ARGUMENT if there is nothing to draw: no panel, a panel without series, or a reversed axis. A
 * series without points is allowed. */
dsc_status draw_chart_check(const draw_chart *chart, dsc_error *error);

dsc_status draw_chart_save(const char *path, const draw_chart *chart, dsc_error *error);

/* The picture for draw_render and for larger figures; refers to `chart`. */
draw_picture draw_chart_picture(const draw_chart *chart);

/* Appends the chart as text, at most as wide as the terminal; plots are `rows` lines high (0: 10). The number
 * of lines depends only on chart, rows and width, so that a live chart can overwrite its predecessor. */
dsc_status draw_chart_text(dsc_text *text, const draw_chart *chart, size_t rows,
                           const draw_terminal *terminal, dsc_error *error);

/* --- shared by both renderings --- */

/* Chooses the ranges and ticks of a panel from its data, with at most `most_x` and `most_y` ticks. */
void draw_panel_ticks(draw_ticks *x, draw_ticks *y, const draw_chart *chart, const draw_panel *panel,
                      size_t most_x, size_t most_y);
size_t draw_chart_columns(const draw_chart *chart);
double draw_series_x(const draw_series *series, size_t index);

#endif
