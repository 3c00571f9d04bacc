/* SPDX-License-Identifier: MIT */
/* bars.c: bars, and dots with intervals, on a canvas. From top to bottom: title, legend, plot, labels, axis
 * label. */
#include "draw/bars.h"

#include "draw/utf8.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

static const double MARGIN = 12, TITLE_SIZE = 13, TEXT_SIZE = 10, LEGEND_LINE = 16, SAMPLE = 14,
                    LABELS_MOST = 320;

dsc_status draw_bars_check(const draw_bars *b, dsc_error *error) {
    if (!b->labels || !b->count || b->count > DRAW_BARS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a chart of %zu bars: expected 1 to %d", b->count,
                        DRAW_BARS_MOST);
    if (!b->series || !b->series_count || b->series_count > DRAW_BAR_SERIES_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a chart of %zu series of bars: expected 1 to %d",
                        b->series_count, DRAW_BAR_SERIES_MOST);
    return DSC_OK;
}

/* Positions in points. */
typedef struct plot {
    double left, top, width, height, step; /* step: the width per label */
    draw_ticks y;
} plot;

static double picture_width(const draw_bars *b) {
    if (b->width > 0) return b->width;
    double each = 12.0 * (double)b->series_count + 10;
    return fmin(fmax(360, 70 + each * (double)b->count), 1400);
}

/* Labels are rotated if the longest is wider than its place, so that all can be read. */
static double label_room(const draw_bars *b) {
    size_t longest = 0;
    for (size_t i = 0; i < b->count; i++) {
        const size_t length = draw_utf8_length(b->labels[i]);
        if (length > longest) longest = length;
    }
    return fmin(DRAW_NAME_WIDTH * TEXT_SIZE * (double)longest, LABELS_MOST);
}

static bool turned(const draw_bars *b) {
    const double place = (picture_width(b) - 70) / (double)b->count, room = label_room(b);
    return b->names && room > place && room > 30;
}

static double picture_height(const draw_bars *b) {
    return (b->height > 0 ? b->height : 240) + (turned(b) ? label_room(b) - 10 : 0);
}

static void widen(double range[2], double value) {
    if (!isfinite(value)) return;
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

static double number_at(const double *values, size_t i) { return values ? values[i] : (double)NAN; }

static draw_ticks choose_ticks(const draw_bars *b) {
    if (b->y.minimum < b->y.maximum)
        return draw_ticks_choose(b->y.minimum, b->y.maximum, 7, false, b->y.whole);
    double range[2] = {(double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < b->count; i++) {
        for (size_t s = 0; s < b->series_count; s++) {
            widen(range, b->series[s].values[i]);
            widen(range, number_at(b->series[s].low, i));
            widen(range, number_at(b->series[s].high, i));
        }
        widen(range, number_at(b->marks, i));
    }
    if (!b->dots) widen(range, 0);
    return draw_ticks_choose(range[0], range[1], 7, true, b->y.whole);
}

static double place_y(const plot *p, double y) {
    double share = (y - p->y.minimum) / (p->y.maximum - p->y.minimum);
    return p->top + p->height * (1 - fmin(fmax(share, 0), 1));
}

static draw_font text_font(draw_align align) { return (draw_font){TEXT_SIZE, DRAW_INK, align, false, false}; }

/* The legend in one line, truncated to fit. Returns its height. */
static double paint_legend(draw_canvas *c, const draw_bars *b, double x, double y, double right) {
    draw_font font = text_font(DRAW_LEFT);
    bool any = false;
    for (size_t s = 0; s <= b->series_count; s++) {
        bool mark = s == b->series_count;
        const char *name = mark ? (b->marks ? b->marks_name : NULL) : b->series[s].name;
        if (!name || x + SAMPLE + 20 > right) continue;
        draw_pen pen = {DRAW_INK, 1.6, DRAW_SOLID};
        if (mark)
            draw_line(c, x, y + 4, x + SAMPLE, y + 4, &pen);
        else
            draw_rectangle(c, x + 2, y, 9, 9, (int32_t)draw_series_colour((unsigned)s), NULL);
        draw_label_fitting(c, x + SAMPLE + 4, y + 8, right - x - SAMPLE - 4, name, &font);
        x += SAMPLE + 20 + draw_label_width(c, name, &font);
        any = true;
    }
    return any ? LEGEND_LINE : 0;
}

static void paint_axes(draw_canvas *c, const draw_bars *b, const plot *p) {
    draw_pen grid = {DRAW_GRID_LINE, 0.6, DRAW_SOLID}, frame = {DRAW_PALE_INK, 0.8, DRAW_SOLID};
    draw_font font = text_font(DRAW_RIGHT);
    double bottom = p->top + p->height, widest = 0, room = 0;
    char label[32];
    for (size_t i = 0; i < p->y.count; i++) {
        double y = place_y(p, draw_tick_value(&p->y, i));
        draw_line(c, p->left, y, p->left + p->width, y, &grid);
        draw_label(c, p->left - 6, y + 3.6, draw_tick_label(label, &p->y, i), &font);
    }
    draw_lines(c, (double[]){p->left, p->top, p->left, bottom, p->left + p->width, bottom}, 3, &frame);
    if (turned(b)) {
        font.upwards = true;
        const size_t every = (size_t)ceil(12 / p->step);
        for (size_t i = 0; i < b->count; i += every)
            draw_label_whole(c, p->left + p->step * ((double)i + 0.5) + 3.6, bottom + 6, label_room(b),
                             b->labels[i], &font);
        font.upwards = false;
    }
    font.align = DRAW_CENTRE;
    for (size_t i = 0; i < b->count; i++) widest = fmax(widest, draw_label_width(c, b->labels[i], &font) + 6);
    size_t every = (size_t)ceil(fmin(widest, p->width / 3) / p->step);
    if (every < 1) every = 1;
    room = p->step * (double)every;
    for (size_t i = 0; i < b->count && !turned(b); i += every) {
        double x = p->left + p->step * ((double)i + 0.5), beside = 2 * fmin(x, picture_width(b) - x);
        draw_label_fitting(c, x, bottom + 14, fmin(room, beside) - 2, b->labels[i], &font);
    }
    if (b->x_label)
        draw_label_fitting(c, p->left + p->width / 2, bottom + 30 + (turned(b) ? label_room(b) - 10 : 0),
                           p->width, b->x_label, &font);
    font.upwards = true;
    if (b->y.label) draw_label_fitting(c, MARGIN + 8, p->top + p->height / 2, p->height, b->y.label, &font);
}

static void paint_whisker(draw_canvas *c, const plot *p, double x, double low, double high,
                          draw_colour colour) {
    draw_pen pen = {colour, 1.2, DRAW_SOLID};
    if (!isfinite(low) || !isfinite(high)) return;
    double top = place_y(p, high), bottom = place_y(p, low);
    draw_line(c, x, top, x, bottom, &pen);
    draw_line(c, x - 2.5, top, x + 2.5, top, &pen);
    draw_line(c, x - 2.5, bottom, x + 2.5, bottom, &pen);
}

static void paint_value(draw_canvas *c, const draw_bars *b, const plot *p, size_t s, size_t i) {
    const draw_bar_series *series = &b->series[s];
    double value = series->values[i];
    if (!isfinite(value)) return;
    double width = p->step * 0.8 / (double)b->series_count;
    double x = p->left + p->step * ((double)i + 0.1) + width * (double)s, y = place_y(p, value);
    draw_colour colour = draw_series_colour((unsigned)s);
    double base = place_y(p, 0);
    if (b->dots) {
        paint_whisker(c, p, x + width / 2, number_at(series->low, i), number_at(series->high, i), colour);
        draw_circle(c, x + width / 2, y, fmin(3, p->step / 4), (int32_t)colour, NULL);
    } else {
        draw_rectangle(c, x, fmin(y, base), fmax(width - 1, 0.5), fabs(base - y), (int32_t)colour, NULL);
        paint_whisker(c, p, x + width / 2, number_at(series->low, i), number_at(series->high, i), DRAW_INK);
    }
    if (b->numbers) {
        draw_font font = text_font(DRAW_CENTRE);
        char text[32];
        (void)snprintf(text, sizeof text, "%.0f", value);
        font.size = 8;
        if (draw_label_width(c, text, &font) <= width + 4) draw_label(c, x + width / 2, y - 3, text, &font);
    }
}

static void paint_bars(draw_canvas *c, const void *data) {
    const draw_bars *b = data;
    draw_font title = {TITLE_SIZE, DRAW_INK, DRAW_LEFT, true, false}, font = text_font(DRAW_LEFT);
    plot p = {.y = choose_ticks(b)};
    double widest = 0, right = picture_width(b) - MARGIN;
    char text[32];
    for (size_t i = 0; i < p.y.count; i++)
        widest = fmax(widest, draw_label_width(c, draw_tick_label(text, &p.y, i), &font));
    p.left = MARGIN + widest + 8 + (b->y.label ? 16 : 0);
    p.width = right - p.left;
    p.top = MARGIN + (b->title ? 22 : 4);
    if (b->title) draw_label_fitting(c, p.left, MARGIN + 12, p.width, b->title, &title);
    p.top += paint_legend(c, b, p.left, p.top, right) + (b->numbers ? 8 : 4);
    p.height =
        picture_height(b) - p.top - MARGIN - (b->x_label ? 28 : 12) - (turned(b) ? label_room(b) - 10 : 0);
    p.step = p.width / (double)b->count;
    paint_axes(c, b, &p);
    draw_pen mark = {DRAW_INK, 1.6, DRAW_SOLID};
    for (size_t i = 0; i < b->count; i++) {
        for (size_t s = 0; s < b->series_count; s++) paint_value(c, b, &p, s, i);
        double y = number_at(b->marks, i);
        if (isfinite(y))
            draw_line(c, p.left + p.step * ((double)i + 0.05), place_y(&p, y),
                      p.left + p.step * ((double)i + 0.95), place_y(&p, y), &mark);
    }
}

draw_picture draw_bars_picture(const draw_bars *b) {
    return (draw_picture){.width = picture_width(b),
                          .height = picture_height(b),
                          .title = b->title ? b->title : b->y.label,
                          .description = b->description,
                          .paint = paint_bars,
                          .data = b};
}

dsc_status draw_bars_save(const char *path, const draw_bars *b, dsc_error *error) {
    dsc_status status = draw_bars_check(b, error);
    if (status) return status;
    draw_picture picture = draw_bars_picture(b);
    return draw_save(path, &picture, error);
}
