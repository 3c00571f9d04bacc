/* SPDX-License-Identifier: MIT */
/* canvas.h: the small interface that every picture is drawn against, once, and comes out as SVG or PNG.
 *
 * A picture is a size, a title and a painter. Lengths are points (1/72 inch), x to the right, y down. What
 * goes wrong while painting stays in the canvas and is reported by draw_render or draw_save, so painters have
 * no error handling. The same picture gives the same bytes every time. All this needs cairo: without it
 * (DESCENDER_WITH_CAIRO 0) these functions fail with DSC_ERROR_UNSUPPORTED and say what to do. */
#ifndef DRAW_CANVAS_H
#define DRAW_CANVAS_H

#include "draw/colour.h"

#include <descender.h>

typedef struct draw_canvas draw_canvas;

typedef struct draw_picture {
    double width, height;    /* points; each side up to 10,000 */
    const char *title;       /* in the SVG, for those who cannot see it, and for tool tips; NULL: none */
    const char *description; /* the same, a sentence or two */
    void (*paint)(draw_canvas *canvas, const void *data);
    const void *data;
    double scale; /* PNG: pixels a point; 0 stands for 2 (144 dpi) */
} draw_picture;

typedef enum draw_format { DRAW_SVG, DRAW_PNG } draw_format;

/* The format that the end of the name asks for, ".svg" or ".png"; anything else is an error that says so. */
dsc_status draw_format_of(draw_format *format, const char *path, dsc_error *error);

/* Writes the picture, atomically, in the format that the name ends in. */
dsc_status draw_save(const char *path, const draw_picture *picture, dsc_error *error);

/* The same into memory; release with free(). */
dsc_status draw_render(unsigned char **bytes, size_t *size, const draw_picture *picture, draw_format format,
                       dsc_error *error);

/* The smallest box around everything that is painted: left, top, right, bottom. */
dsc_status draw_measure(double box[4], const draw_picture *picture, dsc_error *error);

/* --- for painters --- */

typedef enum draw_dash { DRAW_SOLID, DRAW_DASHED, DRAW_DOTTED, DRAW_DASH_DOT } draw_dash;

typedef struct draw_pen {
    draw_colour colour;
    double width; /* 0: no line */
    draw_dash dash;
} draw_pen;

typedef enum draw_align { DRAW_LEFT, DRAW_CENTRE, DRAW_RIGHT } draw_align;

typedef struct draw_font {
    double size; /* points; capitals are about 0.73 of it high */
    draw_colour colour;
    draw_align align; /* which part of the text lies at x */
    bool bold;
    bool upwards; /* turned to read from bottom to top */
} draw_font;

enum { DRAW_NO_FILL = -1 };

/* Coordinates are pairs x, y. */
void draw_line(draw_canvas *canvas, double x0, double y0, double x1, double y1, const draw_pen *pen);
void draw_lines(draw_canvas *canvas, const double *points, size_t count, const draw_pen *pen);
void draw_polygon(draw_canvas *canvas, const double *points, size_t count, int32_t fill, const draw_pen *pen);
void draw_rectangle(draw_canvas *canvas, double x, double y, double width, double height, int32_t fill,
                    const draw_pen *pen);
void draw_circle(draw_canvas *canvas, double x, double y, double radius, int32_t fill, const draw_pen *pen);

/* A text whose baseline is at y; bytes that are not UTF-8 become U+FFFD. And the width it would take. */
void draw_label(draw_canvas *canvas, double x, double y, const char *text, const draw_font *font);
double draw_label_width(draw_canvas *canvas, const char *text, const draw_font *font);

/* The same, but a text wider than `width` loses its end to an ellipsis. */
void draw_label_fitting(draw_canvas *canvas, double x, double y, double width, const char *text,
                        const draw_font *font);

/* The same, but a text wider than `width` becomes smaller, and stays whole: for names of classes. */
void draw_label_whole(draw_canvas *canvas, double x, double y, double width, const char *text,
                      const draw_font *font);

/* Room for a character of a name, in sizes of its font, where a picture's size is asked for before it is
 * painted. */
#define DRAW_NAME_WIDTH 0.6

/* An image of `columns` x `rows` colours in a box, its pixels crisp at any size. */
void draw_pixels(draw_canvas *canvas, double x, double y, double width, double height,
                 const draw_colour *pixels, size_t columns, size_t rows);

/* Until draw_unclip, only what lies in the box is painted. Does not nest. */
void draw_clip(draw_canvas *canvas, double x, double y, double width, double height);
void draw_unclip(draw_canvas *canvas);

/* For memory that a painter lacks: the picture fails. */
void draw_out_of_memory(draw_canvas *canvas);

#endif
