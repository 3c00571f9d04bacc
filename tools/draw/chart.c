/* SPDX-License-Identifier: MIT */
/* chart.c: the layout of a chart, and drawing it on a canvas.
 *
 * From top to bottom a panel has: title, legend, plot, tick labels, x axis label; to its left the tick labels
 * and label of the y axis. The legend is above the plot, where no curve can overlap it. */
#include "draw/chart.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_PANELS = 64 };

static const double MARGIN = 10, TITLE_SIZE = 12, TEXT_SIZE = 10, LEGEND_LINE = 16, SAMPLE = 28;

dsc_status draw_chart_check(const draw_chart *chart, dsc_error *error) {
    if (!chart->panels || !chart->panel_count || chart->panel_count > MOST_PANELS)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a chart has 1 to %d panels, not %zu", MOST_PANELS,
                        chart->panel_count);
    for (size_t p = 0; p < chart->panel_count; p++) {
        const draw_panel *panel = &chart->panels[p];
        const char *title = panel->title ? panel->title : "";
        if (!panel->series || !panel->series_count)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "panel %zu of the chart, '%s', has no series", p + 1,
                            title);
        const draw_axis *axes[2] = {&panel->x, &panel->y};
        for (size_t a = 0; a < 2; a++) {
            double low = axes[a]->minimum, high = axes[a]->maximum;
            char from[32], to[32];
            if (!isfinite(low) || !isfinite(high) || high < low)
                return dsc_fail(error, DSC_ERROR_ARGUMENT,
                                "panel %zu of the chart, '%s': its %s axis cannot go from %s to %s", p + 1,
                                title, a ? "y" : "x", dsc_format_shortest(from, low),
                                dsc_format_shortest(to, high));
        }
    }
    if ((chart->panel_width != 0 && !(chart->panel_width >= 150)) ||
        (chart->panel_height != 0 && !(chart->panel_height >= 120)))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a panel of a chart must have at least 150 x 120 points");
    return DSC_OK;
}

size_t draw_chart_columns(const draw_chart *chart) {
    size_t columns = chart->columns ? chart->columns : 3;
    return columns < chart->panel_count ? columns : chart->panel_count;
}

double draw_series_x(const draw_series *series, size_t index) {
    return series->x ? series->x[index] : (double)index;
}

static draw_ticks axis_ticks(const draw_axis *axis, double low, double high, size_t most, bool round) {
    bool fixed = axis->minimum < axis->maximum || axis->minimum > axis->maximum;
    if (axis->logarithm)
        return draw_ticks_choose_logarithm(fixed ? axis->minimum : low, fixed ? axis->maximum : high, most);
    return draw_ticks_choose(fixed ? axis->minimum : low, fixed ? axis->maximum : high, most, round && !fixed,
                             axis->whole);
}

/* The box around all points: left, right, low, high; inverted infinities if there are none. */
static void widen_box(double box[4], const draw_panel *panel) {
    for (size_t s = 0; s < panel->series_count; s++)
        for (size_t i = 0; i < panel->series[s].count; i++) {
            double x = draw_series_x(&panel->series[s], i), y = panel->series[s].y[i];
            if (!isfinite(x) || !isfinite(y)) continue;
            box[0] = fmin(box[0], x);
            box[1] = fmax(box[1], x);
            box[2] = fmin(box[2], y);
            box[3] = fmax(box[3], y);
        }
}

void draw_panel_ticks(draw_ticks *x, draw_ticks *y, const draw_chart *chart, const draw_panel *panel,
                      size_t most_x, size_t most_y) {
    double own[4] = {INFINITY, -INFINITY, INFINITY, -INFINITY},
           all[4] = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    widen_box(own, panel);
    for (size_t i = 0; i < chart->panel_count && chart->same_y; i++) widen_box(all, &chart->panels[i]);
    const double *vertical = chart->same_y ? all : own;
    *x = axis_ticks(&panel->x, own[0], own[1], most_x, false);
    *y = axis_ticks(&panel->y, vertical[2], vertical[3], most_y, true);
}

/* --- on a canvas --- */

/* A box of the page, and the axes that map to it. */
typedef struct plot {
    double left, top, width, height;
    draw_ticks x, y;
} plot;

/* Limits points far outside of a fixed axis: cairo's coordinates end at eight million. */
static double near(double at) { return fmin(fmax(at, -1e5), 1e5); }

static double place_x(const plot *p, double x) {
    return near(p->left + (x - p->x.minimum) / (p->x.maximum - p->x.minimum) * p->width);
}

static double place_y(const plot *p, double y) {
    return near(p->top + p->height - (y - p->y.minimum) / (p->y.maximum - p->y.minimum) * p->height);
}

/* Index of the dash and marker: it changes when the eight colours repeat. */
static size_t variant(size_t index) { return (index + index / 8) % 4; }

static draw_pen series_pen(size_t index) {
    static const draw_dash dashes[4] = {DRAW_SOLID, DRAW_DASHED, DRAW_DASH_DOT, DRAW_DOTTED};
    return (draw_pen){draw_series_colour((unsigned)index), 1.6, dashes[variant(index)]};
}

/* Draws the index-th marker shape, filled or hollow, with a white border that separates it from lines. */
static void draw_marker(draw_canvas *c, double x, double y, size_t index) {
    draw_colour colour = draw_series_colour((unsigned)index);
    draw_pen edge = {colour, 1.3, DRAW_SOLID};
    int32_t fill = index % 2 ? (int32_t)DRAW_WHITE : (int32_t)colour;
    double r = 3.2;
    switch (variant(index)) {
    case 0:
        draw_circle(c, x, y, 2.6, fill, &edge);
        break;
    case 1:
        draw_rectangle(c, x - 2.6, y - 2.6, 5.2, 5.2, fill, &edge);
        break;
    case 2:
        draw_polygon(c, (double[]){x, y - r, x + r, y + r * 0.75, x - r, y + r * 0.75}, 3, fill, &edge);
        break;
    default:
        draw_polygon(c, (double[]){x, y - r, x + r, y, x, y + r, x - r, y}, 4, fill, &edge);
    }
}

static bool is_gap(const draw_series *s, size_t i) {
    return !isfinite(draw_series_x(s, i)) || !isfinite(s->y[i]);
}

/* More than four samples per point of the page are invisible: long series are thinned to the first, lowest,
 * highest and last sample of each step, which keeps all peaks. */
static void draw_run(draw_canvas *c, const plot *p, const draw_series *s, size_t from, size_t to,
                     double *points, const draw_pen *pen) {
    size_t n = 0, steps = (size_t)p->width, each = (to - from) / steps + 1;
    for (size_t i = from; i < to; i += each) {
        size_t end = i + each < to ? i + each : to, keep[4] = {i, i, i, end - 1};
        for (size_t j = i; j < end; j++) {
            if (s->y[j] < s->y[keep[1]]) keep[1] = j;
            if (s->y[j] > s->y[keep[2]]) keep[2] = j;
        }
        if (keep[1] > keep[2]) {
            size_t swap = keep[1];
            keep[1] = keep[2];
            keep[2] = swap;
        }
        for (size_t k = 0; k < 4; k++) {
            if (k && keep[k] == keep[k - 1]) continue;
            points[2 * n] = place_x(p, draw_series_x(s, keep[k]));
            points[2 * n++ + 1] = place_y(p, s->y[keep[k]]);
        }
    }
    draw_lines(c, points, n, pen);
}

static void draw_curve(draw_canvas *c, const plot *p, const draw_series *s, size_t index) {
    draw_pen pen = series_pen(index);
    double *points = dsc_allocate(4 * ((size_t)p->width + 2), 2 * sizeof *points);
    if (!points) {
        draw_out_of_memory(c);
        return;
    }
    for (size_t i = 0; i < s->count;) {
        size_t end = i;
        while (end < s->count && !is_gap(s, end)) end++;
        if (end - i > 1) draw_run(c, p, s, i, end, points, &pen);
        i = end + 1;
    }
    free(points);
}

/* Draws about ten markers per line, staggered between series; every point is marked if there is no line or
 * the point has no neighbours. */
static void draw_markers(draw_canvas *c, const plot *p, const draw_series *s, size_t index) {
    size_t every = s->mark == DRAW_MARK_POINTS || s->count <= 12 ? 1 : (s->count + 9) / 10;
    for (size_t i = 0; i < s->count; i++) {
        if (is_gap(s, i)) continue;
        bool alone = (i == 0 || is_gap(s, i - 1)) && (i + 1 == s->count || is_gap(s, i + 1));
        if (!alone && (s->mark == DRAW_MARK_LINE || (i + index * (every / 2)) % every)) continue;
        double x = place_x(p, draw_series_x(s, i)), y = place_y(p, s->y[i]);
        if (x >= p->left - 0.1 && x <= p->left + p->width + 0.1 && y >= p->top - 0.1 &&
            y <= p->top + p->height + 0.1)
            draw_marker(c, x, y, index);
    }
}

static void draw_axes(draw_canvas *c, const plot *p, const draw_panel *panel) {
    draw_pen grid = {DRAW_GRID_LINE, 0.6, DRAW_SOLID}, frame = {DRAW_PALE_INK, 0.8, DRAW_SOLID};
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_RIGHT, false, false};
    double bottom = p->top + p->height, widest = 0;
    char label[32];
    for (size_t i = 0; i < p->y.count; i++) {
        double y = place_y(p, draw_tick_value(&p->y, i));
        draw_line(c, p->left, y, p->left + p->width, y, &grid);
        draw_line(c, p->left - 3, y, p->left, y, &frame);
        draw_label(c, p->left - 6, y + 3.6, draw_tick_label(label, &p->y, i), &font);
        widest = fmax(widest, draw_label_width(c, label, &font));
    }
    font.align = DRAW_CENTRE;
    for (size_t i = 0; i < p->x.count; i++) {
        double x = place_x(p, draw_tick_value(&p->x, i));
        draw_line(c, x, bottom, x, bottom + 3, &frame);
        draw_label(c, x, bottom + 14, draw_tick_label(label, &p->x, i), &font);
    }
    draw_lines(c, (double[]){p->left, p->top, p->left, bottom, p->left + p->width, bottom}, 3, &frame);
    if (panel->x.label)
        draw_label_fitting(c, p->left + p->width / 2, bottom + 29, p->width, panel->x.label, &font);
    font.upwards = true;
    if (panel->y.label)
        draw_label_fitting(c, p->left - 12 - widest, p->top + p->height / 2, p->height, panel->y.label,
                           &font);
}

/* Draws the legend in rows (only measures it without `paint`) and returns its height. Names beyond the height
 * `most` are omitted. */
static double draw_legend(draw_canvas *c, const draw_panel *panel, double left, double top, double width,
                          double most, bool paint) {
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_LEFT, false, false};
    double x = left, y = top + LEGEND_LINE / 2;
    bool any = false;
    for (size_t s = 0; s < panel->series_count; s++) {
        const draw_series *series = &panel->series[s];
        if (!series->name) continue;
        double entry = fmin(SAMPLE + 6 + draw_label_width(c, series->name, &font), width);
        if (x > left && x + entry > left + width) {
            if (y + 2 * LEGEND_LINE > top + most) break;
            x = left;
            y += LEGEND_LINE;
        }
        if (paint) {
            draw_pen pen = series_pen(s);
            if (series->mark != DRAW_MARK_POINTS) draw_line(c, x, y, x + SAMPLE, y, &pen);
            if (series->mark != DRAW_MARK_LINE) draw_marker(c, x + SAMPLE / 2, y, s);
            draw_label_fitting(c, x + SAMPLE + 6, y + 3.6, entry - SAMPLE - 6 + 0.01, series->name, &font);
        }
        x += entry + 16;
        any = true;
    }
    return any ? y + LEGEND_LINE / 2 + 4 - top : 0;
}

static void draw_one_panel(draw_canvas *c, const draw_chart *chart, const draw_panel *panel, double left,
                           double top, double width, double height) {
    draw_font title = {TITLE_SIZE, DRAW_INK, DRAW_LEFT, true, false};
    draw_font label = {TEXT_SIZE, DRAW_INK, DRAW_LEFT, false, false};
    plot p;
    draw_panel_ticks(&p.x, &p.y, chart, panel, 7, 7);
    double widest = 0, last = 0;
    char text[32];
    for (size_t i = 0; i < p.y.count; i++)
        widest = fmax(widest, draw_label_width(c, draw_tick_label(text, &p.y, i), &label));
    last = draw_label_width(c, draw_tick_label(text, &p.x, p.x.count - 1), &label);
    double above = panel->title ? 20 : 6, below = panel->x.label ? 34 : 18;
    p.left = left + widest + 8 + (panel->y.label ? 16 : 0);
    p.width = left + width - fmax(6, last / 2) - p.left;
    above += draw_legend(c, panel, p.left, top, p.width, height / 3, false);
    p.top = top + above;
    p.height = height - above - below;
    if (panel->title) draw_label_fitting(c, p.left, top + 12, p.width, panel->title, &title);
    draw_legend(c, panel, p.left, top + (panel->title ? 20 : 6), p.width, height / 3, true);
    draw_axes(c, &p, panel);
    /* The clip includes half a line width, so that a curve at the very top is drawn completely. */
    draw_clip(c, p.left - 1, p.top - 1, p.width + 2, p.height + 2);
    for (size_t s = 0; s < panel->series_count; s++)
        if (panel->series[s].mark != DRAW_MARK_POINTS) draw_curve(c, &p, &panel->series[s], s);
    draw_unclip(c);
    for (size_t s = 0; s < panel->series_count; s++) draw_markers(c, &p, &panel->series[s], s);
}

static double panel_width(const draw_chart *chart) {
    return chart->panel_width > 0 ? chart->panel_width : 340;
}
static double panel_height(const draw_chart *chart) {
    return chart->panel_height > 0 ? chart->panel_height : 280;
}
static double title_height(const draw_chart *chart) { return chart->title ? 26 : 0; }

static void paint_chart(draw_canvas *c, const void *data) {
    const draw_chart *chart = data;
    draw_font title = {TITLE_SIZE + 1, DRAW_INK, DRAW_LEFT, true, false};

    size_t columns = draw_chart_columns(chart);
    double width = panel_width(chart), height = panel_height(chart);
    double whole = (double)columns * (width + 2 * MARGIN) - 2 * MARGIN;
    if (chart->title) draw_label_fitting(c, MARGIN, MARGIN + 13, whole, chart->title, &title);
    for (size_t i = 0; i < chart->panel_count; i++) {
        size_t row = i / columns, column = i % columns;
        draw_one_panel(c, chart, &chart->panels[i], MARGIN + (double)column * (width + 2 * MARGIN),
                       MARGIN + title_height(chart) + (double)row * (height + 2 * MARGIN), width, height);
    }
}

draw_picture draw_chart_picture(const draw_chart *chart) {
    size_t columns = draw_chart_columns(chart), rows = (chart->panel_count + columns - 1) / columns;
    return (draw_picture){
        .width = (double)columns * (panel_width(chart) + 2 * MARGIN),
        .height = title_height(chart) + (double)rows * (panel_height(chart) + 2 * MARGIN),
        .title = chart->title ? chart->title : chart->panels[0].title,
        .description = chart->description,
        .paint = paint_chart,
        .data = chart,
    };
}

dsc_status draw_chart_save(const char *path, const draw_chart *chart, dsc_error *error) {
    dsc_status status = draw_chart_check(chart, error);
    if (status) return status;
    draw_picture picture = draw_chart_picture(chart);
    return draw_save(path, &picture, error);
}
