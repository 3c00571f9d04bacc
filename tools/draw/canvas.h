/* SPDX-License-Identifier: MIT */
/* canvas.h: a small drawing interface; a picture is drawn once and written as SVG or PNG.
 *
 * A picture has a size, a title and a paint function. Lengths are points (1/72 inch), x to the right, y down.
 * The canvas remembers errors and draw_render or draw_save reports them, so paint functions need no error
 * handling. The same picture always gives the same bytes. Requires cairo; without it (DESCENDER_WITH_CAIRO 0)
 * these functions fail with DSC_ERROR_UNSUPPORTED and advice. */
#ifndef DRAW_CANVAS_H
#define DRAW_CANVAS_H

#include "draw/colour.h"

#include <descender.h>

typedef struct draw_canvas draw_canvas;

typedef struct draw_picture {
    double width, height;    /* points; each side up to 10,000 */
    const char *title;       /* stored in the SVG for accessibility and tool tips; NULL: none */
    const char *description; /* likewise, a sentence or two */
    void (*paint)(draw_canvas *canvas, const void *data);
    const void *data;
    double scale; /* PNG: pixels per point; 0 means 2 (144 dpi) */
} draw_picture;

typedef enum draw_format { DRAW_SVG, DRAW_PNG } draw_format;

/* The format of the file name's extension, ".svg" or ".png". DSC_ERROR_ARGUMENT: any other. */
dsc_status draw_format_of(draw_format *format, const char *path, dsc_error *error);

/* Writes the picture atomically, in the format of the extension. */
dsc_status draw_save(const char *path, const draw_picture *picture, dsc_error *error);

/* Renders to memory, which the caller frees. */
dsc_status draw_render(unsigned char **bytes, size_t *size, const draw_picture *picture, draw_format format,
                       dsc_error *error);

/* Whether this build and this machine can draw, to be asked before long work. DSC_ERROR_UNSUPPORTED: no. */
dsc_status draw_possible(dsc_error *error);

/* Stores the smallest box around all painted shapes: left, top, right, bottom. */
dsc_status draw_measure(double box[4], const draw_picture *picture, dsc_error *error);

/* --- for paint functions --- */

typedef enum draw_dash { DRAW_SOLID, DRAW_DASHED, DRAW_DOTTED, DRAW_DASH_DOT } draw_dash;

typedef struct draw_pen {
    draw_colour colour;
    double width; /* 0: no line */
    draw_dash dash;
} draw_pen;

typedef enum draw_align { DRAW_LEFT, DRAW_CENTRE, DRAW_RIGHT } draw_align;

typedef struct draw_font {
    double size; /* points; capitals are about 0.73 of this high */
    draw_colour colour;
    draw_align align; /* the part of the text that lies at x */
    bool bold;
    bool upwards; /* rotated, reading from bottom to top */
} draw_font;

enum { DRAW_NO_FILL = -1 };

/* Points are pairs x, y. */
void draw_line(draw_canvas *canvas, double x0, double y0, double x1, double y1, const draw_pen *pen);
void draw_lines(draw_canvas *canvas, const double *points, size_t count, const draw_pen *pen);
void draw_polygon(draw_canvas *canvas, const double *points, size_t count, int32_t fill, const draw_pen *pen);
void draw_rectangle(draw_canvas *canvas, double x, double y, double width, double height, int32_t fill,
                    const draw_pen *pen);
void draw_circle(draw_canvas *canvas, double x, double y, double radius, int32_t fill, const draw_pen *pen);

/* Draws a text with its baseline at y; bytes that are not UTF-8 become U+FFFD. The second function returns
 * its width. */
void draw_label(draw_canvas *canvas, double x, double y, const char *text, const draw_font *font);
double draw_label_width(draw_canvas *canvas, const char *text, const draw_font *font);

/* Draws a text, truncated with an ellipsis if it is wider than `width`. */
void draw_label_fitting(draw_canvas *canvas, double x, double y, double width, const char *text,
                        const draw_font *font);

/* Draws a text, in a smaller size if it is wider than `width`, never truncated: for class names. */
void draw_label_whole(draw_canvas *canvas, double x, double y, double width, const char *text,
                      const draw_font *font);

/* Width reserved per character of a name, in font sizes, for pictures whose size is needed before
 * painting. */
#define DRAW_NAME_WIDTH 0.6

/* Draws an image of `columns` x `rows` colours in a box, with sharp pixels at any size. */
void draw_pixels(draw_canvas *canvas, double x, double y, double width, double height,
                 const draw_colour *pixels, size_t columns, size_t rows);

/* Clips to the box until draw_unclip. Does not nest. */
void draw_clip(draw_canvas *canvas, double x, double y, double width, double height);
void draw_unclip(draw_canvas *canvas);

/* Reports that a paint function ran out of memory: the picture fails. */
void draw_out_of_memory(draw_canvas *canvas);

#endif
