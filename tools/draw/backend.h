/* SPDX-License-Identifier: MIT */
/* backend.h: what the files behind canvas.h share. */
#ifndef DRAW_BACKEND_H
#define DRAW_BACKEND_H

#include "draw/canvas.h"

#include "base/text.h"

/* cairo names the parts of an SVG by counters of the process, and knows no title: appends to `out` the same
 * SVG with names that depend on the picture alone, and its title and description. */
void draw_svg_append_tidied(dsc_text *out, const char *svg, const draw_picture *picture);

#if DESCENDER_WITH_CAIRO

#include <cairo.h>

struct draw_canvas {
    cairo_t *cairo;
    bool vector; /* SVG: pixels need enlarging, since viewers smooth them */
    bool no_memory;
    double font_size; /* that is set; 0: none yet */
    bool font_bold;
};

/* Appends an image surface as a PNG. */
void draw_surface_append_png(dsc_text *out, cairo_surface_t *surface);

#endif
#endif
