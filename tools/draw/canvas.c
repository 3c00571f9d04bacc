/* SPDX-License-Identifier: MIT */
/* canvas.c: the drawing functions, on cairo. The font is the system's "sans-serif" (DejaVu Sans on Debian);
 * without installed fonts cairo uses a built-in one. */
#include "draw/backend.h"
#include "draw/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if DESCENDER_WITH_CAIRO

static void set_colour(draw_canvas *c, draw_colour colour) {
    c->api->cairo_set_source_rgb(c->cairo, (colour >> 16 & 0xFF) / 255.0, (colour >> 8 & 0xFF) / 255.0,
                                 (colour & 0xFF) / 255.0);
}

static void stroke(draw_canvas *c, const draw_pen *pen) {
    static const struct {
        int count;
        double lengths[4]; /* in line widths */
    } dashes[] = {
        [DRAW_SOLID] = {0, {0}},
        [DRAW_DASHED] = {2, {4.5, 2.5}},
        [DRAW_DOTTED] = {2, {1, 1.8}},
        [DRAW_DASH_DOT] = {4, {5, 2, 1, 2}},
    };
    if (!pen || pen->width <= 0) {
        c->api->cairo_new_path(c->cairo);
        return;
    }
    double lengths[4];
    int count = dashes[pen->dash].count;
    for (int i = 0; i < count; i++) lengths[i] = dashes[pen->dash].lengths[i] * pen->width;
    set_colour(c, pen->colour);
    c->api->cairo_set_line_width(c->cairo, pen->width);
    c->api->cairo_set_dash(c->cairo, lengths, count, 0);
    c->api->cairo_stroke(c->cairo);
}

static void fill_and_stroke(draw_canvas *c, int32_t fill, const draw_pen *pen) {
    if (fill != DRAW_NO_FILL) {
        set_colour(c, (draw_colour)fill);
        c->api->cairo_fill_preserve(c->cairo);
    }
    stroke(c, pen);
}

static void trace(draw_canvas *c, const double *points, size_t count) {
    for (size_t i = 0; i < count; i++) c->api->cairo_line_to(c->cairo, points[2 * i], points[2 * i + 1]);
}

void draw_line(draw_canvas *c, double x0, double y0, double x1, double y1, const draw_pen *pen) {
    draw_lines(c, (double[]){x0, y0, x1, y1}, 2, pen);
}

void draw_lines(draw_canvas *c, const double *points, size_t count, const draw_pen *pen) {
    trace(c, points, count);
    stroke(c, pen);
}

void draw_polygon(draw_canvas *c, const double *points, size_t count, int32_t fill, const draw_pen *pen) {
    trace(c, points, count);
    c->api->cairo_close_path(c->cairo);
    fill_and_stroke(c, fill, pen);
}

void draw_rectangle(draw_canvas *c, double x, double y, double width, double height, int32_t fill,
                    const draw_pen *pen) {
    c->api->cairo_rectangle(c->cairo, x, y, width, height);
    fill_and_stroke(c, fill, pen);
}

void draw_circle(draw_canvas *c, double x, double y, double radius, int32_t fill, const draw_pen *pen) {
    c->api->cairo_new_sub_path(c->cairo);
    c->api->cairo_arc(c->cairo, x, y, radius, 0, 2 * 3.14159265358979323846);
    fill_and_stroke(c, fill, pen);
}

static void set_font(draw_canvas *c, const draw_font *font) {
    if (c->font_size <= 0 || c->font_bold != font->bold)
        c->api->cairo_select_font_face(c->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                                       font->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    if (fabs(c->font_size - font->size) > 1e-9) c->api->cairo_set_font_size(c->cairo, font->size);
    c->font_size = font->size;
    c->font_bold = font->bold;
}

double draw_label_width(draw_canvas *c, const char *text, const draw_font *font) {
    dsc_text clean = {0};
    draw_utf8_append_clean(&clean, text);
    cairo_text_extents_t extents = {0};
    set_font(c, font);
    if (clean.data) c->api->cairo_text_extents(c->cairo, clean.data, &extents);
    c->no_memory |= clean.failed;
    dsc_text_free(&clean);
    return extents.x_advance;
}

void draw_label(draw_canvas *c, double x, double y, const char *text, const draw_font *font) {
    dsc_text clean = {0};
    draw_utf8_append_clean(&clean, text);
    c->no_memory |= clean.failed;
    if (clean.data && !clean.failed) {
        double before = font->align == DRAW_LEFT ? 0 : draw_label_width(c, text, font);
        if (font->align == DRAW_CENTRE) before /= 2;
        set_font(c, font);
        set_colour(c, font->colour);
        c->api->cairo_save(c->cairo);
        c->api->cairo_translate(c->cairo, x, y);
        if (font->upwards) c->api->cairo_rotate(c->cairo, -3.14159265358979323846 / 2);
        c->api->cairo_move_to(c->cairo, -before, 0);
        c->api->cairo_show_text(c->cairo, clean.data);
        c->api->cairo_restore(c->cairo);
        c->api->cairo_new_path(c->cairo);
    }
    dsc_text_free(&clean);
}

/* --- pixels --- */

static cairo_surface_t *surface_of(const draw_canvas *c, const draw_colour *pixels, size_t columns,
                                   size_t rows, size_t factor) {
    cairo_surface_t *s =
        c->api->cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(columns * factor), (int)(rows * factor));
    if (c->api->cairo_surface_status(s)) return s;
    unsigned char *data = c->api->cairo_image_surface_get_data(s);
    size_t stride = (size_t)c->api->cairo_image_surface_get_stride(s);
    for (size_t y = 0; y < rows * factor; y++)
        for (size_t x = 0; x < columns * factor; x++)
            memcpy(data + y * stride + 4 * x, &pixels[y / factor * columns + x / factor], 4);
    c->api->cairo_surface_mark_dirty(s);
    return s;
}

/* Embeds the image in an SVG as our own PNG: cairo's encoder is slower and stores grey as colour. */
static void attach_png(draw_canvas *c, cairo_surface_t *s) {
    dsc_text png = {0};
    draw_surface_append_png(&png, c->api, s);
    if (png.failed) {
        c->no_memory = true;
        dsc_text_free(&png);
    } else if (c->api->cairo_surface_set_mime_data(s, CAIRO_MIME_TYPE_PNG, (unsigned char *)png.data,
                                                   png.length, free, png.data)) {
        c->no_memory = true;
        free(png.data);
    }
}

void draw_pixels(draw_canvas *c, double x, double y, double width, double height, const draw_colour *pixels,
                 size_t columns, size_t rows) {
    if (!columns || !rows) return;
    /* SVG viewers smooth enlarged images. With several pixels per pixel only its edge is smoothed. */
    size_t factor = 1, larger = columns > rows ? columns : rows;
    while (c->vector && factor < 8 && larger * factor < 512) factor++;
    cairo_surface_t *s = surface_of(c, pixels, columns, rows, factor);
    if (!c->api->cairo_surface_status(s) && c->vector) attach_png(c, s);
    c->api->cairo_save(c->cairo);
    c->api->cairo_translate(c->cairo, x, y);
    c->api->cairo_scale(c->cairo, width / (double)(columns * factor), height / (double)(rows * factor));
    c->api->cairo_set_source_surface(c->cairo, s, 0, 0);
    c->api->cairo_pattern_set_filter(c->api->cairo_get_source(c->cairo), CAIRO_FILTER_NEAREST);
    c->api->cairo_rectangle(c->cairo, 0, 0, (double)(columns * factor), (double)(rows * factor));
    c->api->cairo_fill(c->cairo);
    c->api->cairo_restore(c->cairo);
    c->api->cairo_surface_destroy(s);
}

void draw_clip(draw_canvas *c, double x, double y, double width, double height) {
    c->api->cairo_save(c->cairo);
    c->api->cairo_rectangle(c->cairo, x, y, width, height);
    c->api->cairo_clip(c->cairo);
}

void draw_unclip(draw_canvas *c) {
    c->api->cairo_restore(c->cairo);
    c->font_size = 0;
}

void draw_out_of_memory(draw_canvas *c) { c->no_memory = true; }

#else

/* Never called: without cairo, draw_render fails before painting. Needed for linking. */
void draw_line(draw_canvas *c, double x0, double y0, double x1, double y1, const draw_pen *pen) {
    (void)c;
    (void)x0;
    (void)y0;
    (void)x1;
    (void)y1;
    (void)pen;
}

void draw_lines(draw_canvas *c, const double *points, size_t count, const draw_pen *pen) {
    (void)c;
    (void)points;
    (void)count;
    (void)pen;
}

void draw_polygon(draw_canvas *c, const double *points, size_t count, int32_t fill, const draw_pen *pen) {
    (void)c;
    (void)points;
    (void)count;
    (void)fill;
    (void)pen;
}

void draw_rectangle(draw_canvas *c, double x, double y, double width, double height, int32_t fill,
                    const draw_pen *pen) {
    (void)c;
    (void)x;
    (void)y;
    (void)width;
    (void)height;
    (void)fill;
    (void)pen;
}

void draw_circle(draw_canvas *c, double x, double y, double radius, int32_t fill, const draw_pen *pen) {
    (void)c;
    (void)x;
    (void)y;
    (void)radius;
    (void)fill;
    (void)pen;
}

double draw_label_width(draw_canvas *c, const char *text, const draw_font *font) {
    (void)c;
    (void)text;
    (void)font;
    return 0;
}

void draw_label(draw_canvas *c, double x, double y, const char *text, const draw_font *font) {
    (void)c;
    (void)x;
    (void)y;
    (void)text;
    (void)font;
}

void draw_pixels(draw_canvas *c, double x, double y, double width, double height, const draw_colour *pixels,
                 size_t columns, size_t rows) {
    (void)c;
    (void)x;
    (void)y;
    (void)width;
    (void)height;
    (void)pixels;
    (void)columns;
    (void)rows;
}

void draw_clip(draw_canvas *c, double x, double y, double width, double height) {
    (void)c;
    (void)x;
    (void)y;
    (void)width;
    (void)height;
}

void draw_unclip(draw_canvas *c) { (void)c; }

void draw_out_of_memory(draw_canvas *c) { (void)c; }

#endif
