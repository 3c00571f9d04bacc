/* SPDX-License-Identifier: MIT */
/* drawn.h: synthetic pictures of digits as people write and photograph them: MNIST's digits as crops, photos,
 * rows, forms. The same seed gives the same pictures on every machine.
 *
 *   canvas.c   ink, greys, and the effects of light, lens and file format
 *   kinds.c    the kinds of pictures
 *
 * Not thread-safe: the digits and the random state are global in this folder. */
#ifndef BENCH_DRAWN_H
#define BENCH_DRAWN_H

#include <descender.h>

enum { DRAWN_SIDE = 28, DRAWN_DIGITS_MOST = 10, DRAWN_MOST = 1 << 21 /* pixels of a picture */ };

/* Ink from 0 to 1 and greys from 0 to 255: (height, width), with room for DRAWN_MOST. */
typedef struct canvas {
    size_t width, height;
    double *ink;
    uint8_t *grey;
} canvas;

/* One image of a data set. */
typedef struct glyph {
    const uint8_t *pixels;
    size_t left, top, right, bottom; /* of the ink */
    unsigned label;
} glyph;

/* A kind of picture: draws one, and writes the expected reading. */
typedef struct drawn_kind {
    const char *name;
    void (*make)(canvas *c, char *text);
    double floor; /* required percentage of correct readings, whole strings; 0: none */
} drawn_kind;

extern const drawn_kind drawn_kinds[];
extern const size_t drawn_kind_count;

/* Sets the source of digits: images [first, first + count) of `digits`, which the caller keeps. */
void drawn_digits_from(const dsc_dataset *digits, size_t first, size_t count);
void drawn_seed(uint64_t seed);
void drawn_canvas_make(canvas *c); /* exits without memory */

/* --- for kinds.c --- */

double drawn_uniform(void); /* [0, 1) */
double drawn_between(double low, double high);
double drawn_normal(void);
glyph drawn_any_digit(void);

void drawn_clear(canvas *c, size_t width, size_t height);
/* Draws the ink's box scaled by `scale`, with its upper left corner at (left, top). */
void drawn_digit(canvas *c, const glyph *g, double left, double top, double scale);
size_t drawn_wide(const glyph *g, double scale);
size_t drawn_high(const glyph *g, double scale);
void drawn_fill(canvas *c, double left, double top, double right, double bottom);
/* Thins the ink to strokes of one pixel. */
void drawn_thin(canvas *c);

/* Converts ink to greys on a ground, with noise. */
void drawn_expose(canvas *c, double ground, double ink, double noise);
/* Draws lines of 2 pixels, `apart` pixels apart, at a slope. */
void drawn_rule(canvas *c, double apart, double slope, bool upright, uint8_t value);
/* Multiplies the grey at each position, 0 to 1 in both directions, by `factor`. */
void drawn_light(canvas *c, double (*factor)(double x, double y));
/* Rotates clockwise about the centre, on a ground of one grey. */
void drawn_turn(canvas *c, double degrees, uint8_t ground);
/* Perspective: moves each corner inwards by up to `share` of the sides. */
void drawn_perspective(canvas *c, double share, uint8_t ground);
/* Places the picture on a larger surface of another grey. */
void drawn_put_on(canvas *c, double width, double height, double grey, double noise);
/* Blurs with the mean over 3 x 3, `times` times. */
void drawn_blur(canvas *c, size_t times);
/* Applies the loss of a JPEG file of this quality, 1 to 100: 8 x 8 cosines, quantised (ITU-T T.81, annex
 * K). */
void drawn_jpeg(canvas *c, int quality);

#endif
