/* SPDX-License-Identifier: MIT */
/* matrix.c: draws a table of shaded cells. */
#include "draw/matrix.h"

#include "draw/utf8.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

static const double MARGIN = 12, TITLE_SIZE = 13, TEXT_SIZE = 10, NAMES_MOST = 320;
enum { BLUE = 0x0072B2, ORANGE = 0xD55E00 };

dsc_status draw_matrix_check(const draw_matrix *m, dsc_error *error) {
    if (m->values && m->row_names && m->column_names && m->rows && m->columns &&
        m->rows <= DRAW_MATRIX_MOST && m->columns <= DRAW_MATRIX_MOST)
        return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "a matrix of %zu x %zu cells: a side has 1 to %d, with names",
                    m->rows, m->columns, DRAW_MATRIX_MOST);
}

/* A cell's side: room for five digits in small tables, less in large ones. */
static double cell_side(const draw_matrix *m) {
    size_t larger = m->rows > m->columns ? m->rows : m->columns;
    return larger <= 12 ? 34 : fmax(5, 408.0 / (double)larger);
}

static double shade_of(const draw_matrix *m, size_t i, double largest) {
    double shade = m->shades ? m->shades[i] : largest > 0 ? m->values[i] / largest : 0;
    return isfinite(shade) ? fmin(fmax(shade, 0), 1) : 0;
}

/* Interpolates from white to the full colour. */
static draw_colour mix(draw_colour colour, double shade) {
    draw_colour out = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        double part = (double)(colour >> shift & 0xFF);
        out |= (draw_colour)lround(255 + shade * (part - 255)) << shift;
    }
    return out;
}

static void paint_cell(draw_canvas *c, const draw_matrix *m, size_t row, size_t column, double x, double y,
                       double side, double largest) {
    size_t i = row * m->columns + column;
    draw_pen frame = {DRAW_GRID_LINE, 0.5, DRAW_SOLID};
    double shade = shade_of(m, i, largest);
    draw_colour colour = mix(m->diagonal && row != column ? ORANGE : BLUE, shade);
    draw_rectangle(c, x, y, side, side, (int32_t)colour, side >= 8 ? &frame : NULL);
    char text[32];
    if (!isfinite(m->values[i]) || m->values[i] == 0) return;
    (void)snprintf(text, sizeof text, "%.0f", m->values[i]);
    draw_font font = {fmin(TEXT_SIZE, side * 0.42), DRAW_INK, DRAW_CENTRE, false, false};
    if (draw_colour_grey(colour) < 140) font.colour = DRAW_WHITE;
    if (font.size >= 5 && draw_label_width(c, text, &font) <= side - 2)
        draw_label(c, x + side / 2, y + side / 2 + font.size * 0.36, text, &font);
}

/* Width for the longest name, estimated from its number of characters, because the picture's size is needed
 * before painting. A wider name is drawn smaller. */
static double name_room(const char *const *names, size_t count) {
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t length = draw_utf8_length(names[i]);
        if (length > longest) longest = length;
    }
    return fmin(DRAW_NAME_WIDTH * TEXT_SIZE * (double)longest, NAMES_MOST);
}

/* Column names are rotated if one is wider than its column. */
static bool turned(const draw_matrix *m, double side) {
    return name_room(m->column_names, m->columns) > fmax(side, 28) - 2;
}

static double column_room(const draw_matrix *m, double side) {
    return turned(m, side) ? name_room(m->column_names, m->columns) : 12;
}

static void paint_names(draw_canvas *c, const draw_matrix *m, double left, double top, double side) {
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_RIGHT, false, false};
    const double room = name_room(m->row_names, m->rows), above = column_room(m, side);
    size_t every = (size_t)ceil(12 / side);
    for (size_t r = 0; r < m->rows; r += every)
        draw_label_whole(c, left - 5, top + side * ((double)r + 0.5) + 3.6, room, m->row_names[r], &font);
    font.align = turned(m, side) ? DRAW_LEFT : DRAW_CENTRE;
    font.upwards = turned(m, side);
    if (!font.upwards) every = (size_t)ceil(28 / side);
    for (size_t q = 0; q < m->columns; q += every)
        draw_label_whole(c, left + side * ((double)q + 0.5) + (font.upwards ? 3.6 : 0), top - 6,
                         font.upwards ? above : side * (double)every - 2, m->column_names[q], &font);
    font.align = DRAW_CENTRE;
    font.upwards = false;
    if (m->column_label)
        draw_label_fitting(c, left + side * (double)m->columns / 2, top - above - 10,
                           side * (double)m->columns, m->column_label, &font);
    font.upwards = true;
    if (m->row_label)
        draw_label_fitting(c, MARGIN + 8, top + side * (double)m->rows / 2, side * (double)m->rows,
                           m->row_label, &font);
}

static double left_of(const draw_matrix *m) {
    return MARGIN + (m->row_label ? 18 : 0) + name_room(m->row_names, m->rows) + 8;
}

static double top_of(const draw_matrix *m) {
    return MARGIN + (m->title ? 24 : 0) + (m->column_label ? 22 : 6) + column_room(m, cell_side(m));
}

static void paint_matrix(draw_canvas *c, const void *data) {
    const draw_matrix *m = data;
    draw_font title = {TITLE_SIZE, DRAW_INK, DRAW_LEFT, true, false};
    double side = cell_side(m), left = left_of(m), top = top_of(m), largest = 0;
    if (m->title)
        draw_label_fitting(c, MARGIN, MARGIN + 12, left + side * (double)m->columns - MARGIN, m->title,
                           &title);
    for (size_t i = 0; i < m->rows * m->columns; i++)
        if (m->values[i] > largest) largest = m->values[i];
    for (size_t r = 0; r < m->rows; r++)
        for (size_t q = 0; q < m->columns; q++)
            paint_cell(c, m, r, q, left + side * (double)q, top + side * (double)r, side, largest);
    paint_names(c, m, left, top, side);
}

draw_picture draw_matrix_picture(const draw_matrix *m) {
    return (draw_picture){.width = left_of(m) + cell_side(m) * (double)m->columns + MARGIN,
                          .height = top_of(m) + cell_side(m) * (double)m->rows + MARGIN,
                          .title = m->title ? m->title : m->row_label,
                          .description = m->description,
                          .paint = paint_matrix,
                          .data = m};
}

dsc_status draw_matrix_save(const char *path, const draw_matrix *m, dsc_error *error) {
    dsc_status status = draw_matrix_check(m, error);
    if (status) return status;
    draw_picture picture = draw_matrix_picture(m);
    return draw_save(path, &picture, error);
}
