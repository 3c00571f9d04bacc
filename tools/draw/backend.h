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

#include <cairo.h>

struct draw_canvas {
    cairo_t *cairo;
    bool vector; /* SVG: pixels must be enlarged, because viewers smooth them */
    bool no_memory;
    double font_size; /* current size; 0: not set yet */
    bool font_bold;
};

/* Appends an image surface as PNG. */
void draw_surface_append_png(dsc_text *out, cairo_surface_t *surface);

#endif
#endif
