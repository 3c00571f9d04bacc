/* SPDX-License-Identifier: MIT */
/* chart_text.c: charts as text. Curves consist of braille dots, 2 x 4 per character, in the series' colour
 * (without colours, in different densities); in ASCII every series has its own character. */
#include "draw/chart.h"

#include "draw/utf8.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 10, WIDEST = 72, NARROWEST = 30, GAP = 4 };

static const char MARKS[] = "*o+x#@%&";

/* A panel's position on the screen, in characters. */
typedef struct plot {
    size_t left, top, width, height;
    draw_ticks x, y;
    const draw_terminal *terminal;
} plot;

/* Braille dots are numbered by columns: 1 2 3 7 on the left, 4 5 6 8 on the right; U+2800 is empty. */
static void put_dot(draw_screen *screen, const plot *p, long x, long y, int32_t colour) {
    static const unsigned bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= 2 * (long)p->width || y >= 4 * (long)p->height) return;
    size_t column = p->left + (size_t)x / 2, row = p->top + (size_t)y / 4;
    uint32_t there = draw_screen_get(screen, column, row);
    if (there < 0x2800 || there > 0x28FF) there = 0x2800;
    draw_screen_put(screen, column, row, there | bits[y % 4][x % 2], colour, DRAW_NO_COLOUR);
}

static void put_mark(draw_screen *screen, const plot *p, long x, long y, size_t index) {
    if (x < 0 || y < 0 || x >= (long)p->width || y >= (long)p->height) return;
    draw_screen_put(screen, p->left + (size_t)x, p->top + (size_t)y, (uint32_t)MARKS[index % 8],
                    DRAW_NO_COLOUR, DRAW_NO_COLOUR);
}

static int32_t colour_of(const draw_terminal *terminal, size_t index) {
    /* Colours for paper are too dark for a dark screen, especially black: the same hues, brighter. */
    static const int32_t colours[8] = {0x56B4E9, 0xE69F00, 0x00C896, 0xCC79A7,
                                       0xF0E442, 0xFF7F50, 0x7FA8FF, 0xB0B0B0};
    return terminal->colours == DRAW_COLOURS_NONE ? DRAW_NO_COLOUR : colours[index % 8];
}

/* The cell of a value, out of `cells`; values far outside stay outside without overflow. */
static long cell_of(double value, double low, double high, size_t cells) {
    double at = round((value - low) / (high - low) * (double)(cells - 1));
    return at < -1e6 ? -1000000 : at > 1e6 ? 1000000 : (long)at;
}

/* A straight line in dots or characters (Bresenham by rounding); the put functions clip. */
static void put_line(draw_screen *screen, const plot *p, const long from[2], const long to[2], size_t index,
                     unsigned *phase) {
    long steps =
        labs(to[0] - from[0]) > labs(to[1] - from[1]) ? labs(to[0] - from[0]) : labs(to[1] - from[1]);
    if (steps > 100000) return; /* an end far outside of a fixed axis */
    bool solid = p->terminal->colours != DRAW_COLOURS_NONE;
    for (long i = 0; i <= steps; i++) {
        double share = steps ? (double)i / (double)steps : 0;
        long x = from[0] + lround(share * (double)(to[0] - from[0]));
        long y = from[1] + lround(share * (double)(to[1] - from[1]));
        if (!p->terminal->utf8)
            put_mark(screen, p, x, y, index);
        else if (solid || (*phase)++ % (index % 3 + 1) == 0)
            put_dot(screen, p, x, y, colour_of(p->terminal, index));
    }
}

static void put_series(draw_screen *screen, const plot *p, const draw_series *s, size_t index) {
    size_t across = p->terminal->utf8 ? 2 : 1, down = p->terminal->utf8 ? 4 : 1;
    bool drawing = false;
    unsigned phase = 0;
    long last[2] = {0, 0};
    for (size_t i = 0; i < s->count; i++) {
        double x = draw_series_x(s, i);
        if (!isfinite(x) || !isfinite(s->y[i])) {
            drawing = false;
            continue;
        }
        long at[2] = {cell_of(x, p->x.minimum, p->x.maximum, p->width * across),
                      cell_of(s->y[i], p->y.maximum, p->y.minimum, p->height * down)};
        bool alone = !drawing || s->mark == DRAW_MARK_POINTS;
        put_line(screen, p, alone ? at : last, at, index, &phase);
        last[0] = at[0];
        last[1] = at[1];
        drawing = true;
    }
}

/* Writes at most `width` characters; returns their number. */
static size_t put_fitting(draw_screen *screen, size_t x, size_t y, size_t width, const char *text) {
    size_t n = 0;
    for (uint32_t c; n < width && (c = draw_utf8_next(&text)); n++)
        draw_screen_put(screen, x + n, y, c, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    return n;
}

static void put_axes(draw_screen *screen, const plot *p, const draw_panel *panel) {
    char label[32];
    size_t bottom = p->top + p->height;
    for (size_t y = p->top; y < bottom; y++)
        draw_screen_put(screen, p->left - 1, y, 0x2502, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    draw_screen_put(screen, p->left - 1, bottom, 0x2514, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    for (size_t x = 0; x < p->width; x++)
        draw_screen_put(screen, p->left + x, bottom, 0x2500, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    for (size_t i = 0; i < p->y.count; i++) {
        size_t y = p->top + (size_t)cell_of(draw_tick_value(&p->y, i), p->y.maximum, p->y.minimum, p->height);
        size_t length = strlen(draw_tick_label(label, &p->y, i));
        draw_screen_write(screen, p->left - 2 - length, y, label, DRAW_NO_COLOUR);
        draw_screen_put(screen, p->left - 1, y, 0x2524, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    }
    size_t free_from = p->left - 1; /* labels must not touch */
    for (size_t i = 0; i < p->x.count; i++) {
        size_t x = p->left + (size_t)cell_of(draw_tick_value(&p->x, i), p->x.minimum, p->x.maximum, p->width);
        size_t length = strlen(draw_tick_label(label, &p->x, i)), start = x - length / 2;
        draw_screen_put(screen, x, bottom, 0x252C, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
        if (start + length > p->left + p->width) start = p->left + p->width - length;
        if (start < free_from) continue;
        draw_screen_write(screen, start, bottom + 1, label, DRAW_NO_COLOUR);
        free_from = start + length + 1;
    }
    if (panel->x.label)
        draw_screen_centre(screen, p->left, bottom + 2, p->width, panel->x.label, DRAW_NO_COLOUR);
}

/* Draws a sample of a series in the legend, long enough to show its pattern. */
static void put_sample(draw_screen *screen, const plot *p, size_t x, size_t y, size_t index) {
    static const uint32_t dots[3][2] = {{0x2812, 0x2812}, {0x2802, 0x2802}, {0x2802, 0x2810}};
    int32_t colour = colour_of(p->terminal, index);
    size_t kind = colour == DRAW_NO_COLOUR ? index % 3 : 0;
    if (p->terminal->utf8) {
        draw_screen_put(screen, x, y, dots[kind][0], colour, DRAW_NO_COLOUR);
        draw_screen_put(screen, x + 1, y, dots[kind][1], colour, DRAW_NO_COLOUR);
    } else {
        put_mark(screen, &(plot){.left = x, .top = y, .width = 2, .height = 1}, 0, 0, index);
        put_mark(screen, &(plot){.left = x, .top = y, .width = 2, .height = 1}, 1, 0, index);
    }
}

/* A legend in one line; names that do not fit are omitted. */
static void put_legend(draw_screen *screen, const plot *p, size_t left, size_t y, size_t width,
                       const draw_panel *panel) {
    size_t x = left;
    for (size_t s = 0; s < panel->series_count; s++) {
        const char *name = panel->series[s].name;
        if (!name || x + 3 + draw_utf8_length(name) > left + width) continue;
        put_sample(screen, p, x, y, s);
        x += 3 + draw_screen_write(screen, x + 3, y, name, DRAW_NO_COLOUR) + 2;
    }
}

static void put_panel(draw_screen *screen, const draw_chart *chart, const draw_panel *panel, size_t left,
                      size_t top, size_t width, size_t rows, const draw_terminal *terminal) {
    plot p = {.top = top + 2, .height = rows, .terminal = terminal};
    draw_panel_ticks(&p.x, &p.y, chart, panel, width / 8, rows / 2 + 1);
    size_t widest = 0;
    char label[32];
    for (size_t i = 0; i < p.y.count; i++) {
        size_t length = strlen(draw_tick_label(label, &p.y, i));
        widest = length > widest ? length : widest;
    }
    p.left = left + widest + 2;
    p.width = width - widest - 2;
    size_t used = panel->title ? put_fitting(screen, left, top, width, panel->title) : 0;
    if (panel->y.label && used + 3 + draw_utf8_length(panel->y.label) <= width) {
        if (used) used += draw_screen_write(screen, left + used, top, ": ", DRAW_NO_COLOUR);
        draw_screen_write(screen, left + used, top, panel->y.label, DRAW_NO_COLOUR);
    }
    put_legend(screen, &p, p.left, top + 1, p.width, panel);
    put_axes(screen, &p, panel);
    for (size_t s = 0; s < panel->series_count; s++) put_series(screen, &p, &panel->series[s], s);
}

dsc_status draw_chart_text(dsc_text *text, const draw_chart *chart, size_t rows,
                           const draw_terminal *terminal, dsc_error *error) {
    dsc_status status = draw_chart_check(chart, error);
    if (status) return status;
    if (rows == 0) rows = ROWS;
    if (rows < 3) rows = 3;
    if (rows > 100) rows = 100;
    size_t columns = draw_chart_columns(chart), fit = (terminal->width + GAP) / (NARROWEST + GAP);
    if (columns > fit) columns = fit ? fit : 1;
    size_t width = (terminal->width + GAP) / columns - GAP;
    if (width > WIDEST) width = WIDEST;
    size_t lines = rows + 5; /* title, legend, axis, tick labels, axis label */
    size_t down = (chart->panel_count + columns - 1) / columns, top = chart->title ? 1 : 0;
    draw_screen *screen = draw_screen_create(columns * (width + GAP), top + down * (lines + 1) - 1);
    if (chart->title) draw_screen_write(screen, 0, 0, chart->title, DRAW_NO_COLOUR);
    for (size_t i = 0; i < chart->panel_count; i++)
        put_panel(screen, chart, &chart->panels[i], i % columns * (width + GAP),
                  top + i / columns * (lines + 1), width, rows, terminal);
    draw_screen_append(text, screen, terminal);
    draw_screen_free(screen);
    return text->failed ? dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a chart") : DSC_OK;
}
