/* SPDX-License-Identifier: MIT */
/* backend.h: shared by the implementations of canvas.h. */
#ifndef DRAW_BACKEND_H
#define DRAW_BACKEND_H

#include "draw/canvas.h"

#include "base/text.h"

/* Appends cairo's SVG to `out` with stable names and with the picture's title and description. cairo names
 * the parts of an SVG by counters of the process and writes no title; the new names depend only on the
 * picture. */
void draw_svg_append_tidied(dsc_text *out, const char *svg, const draw_picture *picture);

#if DESCENDER_WITH_CAIRO

#include <cairo-svg.h>
#include <cairo.h>

#include "late/late.h"

/* clang-format off */
#define LATE_CAIRO(X) \
    X(cairo_arc) \
    X(cairo_clip) \
    X(cairo_close_path) \
    X(cairo_create) \
    X(cairo_destroy) \
    X(cairo_fill) \
    X(cairo_fill_preserve) \
    X(cairo_font_options_create) \
    X(cairo_font_options_destroy) \
    X(cairo_font_options_set_antialias) \
    X(cairo_font_options_set_hint_metrics) \
    X(cairo_font_options_set_hint_style) \
    X(cairo_get_source) \
    X(cairo_image_surface_create) \
    X(cairo_image_surface_get_data) \
    X(cairo_image_surface_get_height) \
    X(cairo_image_surface_get_stride) \
    X(cairo_image_surface_get_width) \
    X(cairo_line_to) \
    X(cairo_move_to) \
    X(cairo_new_path) \
    X(cairo_new_sub_path) \
    X(cairo_paint) \
    X(cairo_pattern_set_filter) \
    X(cairo_recording_surface_create) \
    X(cairo_recording_surface_ink_extents) \
    X(cairo_rectangle) \
    X(cairo_restore) \
    X(cairo_rotate) \
    X(cairo_save) \
    X(cairo_scale) \
    X(cairo_select_font_face) \
    X(cairo_set_dash) \
    X(cairo_set_font_options) \
    X(cairo_set_font_size) \
    X(cairo_set_line_join) \
    X(cairo_set_line_width) \
    X(cairo_set_source_rgb) \
    X(cairo_set_source_surface) \
    X(cairo_show_text) \
    X(cairo_status) \
    X(cairo_status_to_string) \
    X(cairo_stroke) \
    X(cairo_surface_destroy) \
    X(cairo_surface_finish) \
    X(cairo_surface_flush) \
    X(cairo_surface_mark_dirty) \
    X(cairo_surface_set_mime_data) \
    X(cairo_surface_status) \
    X(cairo_surface_write_to_png_stream) \
    X(cairo_svg_surface_create_for_stream) \
    X(cairo_text_extents) \
    X(cairo_translate)
/* clang-format on */
typedef struct cairo_functions {
    LATE_CAIRO(LATE_MEMBER)
} cairo_functions;

struct draw_canvas {
    const cairo_functions *api;
    cairo_t *cairo;
    bool vector; /* SVG: pixels must be enlarged, because viewers smooth them */
    bool no_memory;
    double font_size; /* current size; 0: not set yet */
    bool font_bold;
};

/* Appends an image surface as PNG. */
void draw_surface_append_png(dsc_text *out, const cairo_functions *api, cairo_surface_t *surface);

#endif
#endif
