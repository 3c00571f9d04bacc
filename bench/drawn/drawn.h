/* SPDX-License-Identifier: MIT */
/* drawn.h: pictures of digits drawn by code, as people write and photograph them: MNIST's digits as crops,
 * photos, rows, forms. The same seed draws the same pictures everywhere.
 *
 *   canvas.c   ink, greys, and what light, lens and file do to them
 *   kinds.c    the kinds of pictures
 *
 * One drawing at a time: the digits and the random numbers are kept in this room. */
#ifndef BENCH_DRAWN_H
#define BENCH_DRAWN_H

#include <descender.h>

enum { DRAWN_SIDE = 28, DRAWN_DIGITS_MOST = 10, DRAWN_MOST = 1 << 21 /* pixels of a picture */ };

/* Ink of 0 to 1, and greys of 0 to 255: (height, width), room for DRAWN_MOST. */
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

/* A kind of picture: draws one, and writes what is to be read on it. */
typedef struct drawn_kind {
    const char *name;
    void (*make)(canvas *c, char *text);
    double floor; /* percent that must be read right, whole strings; 0: none is set */
} drawn_kind;

extern const drawn_kind drawn_kinds[];
extern const size_t drawn_kind_count;

/* Digits are drawn from images [first, first + count) of `digits`, which stay the caller's. */
void drawn_digits_from(const dsc_dataset *digits, size_t first, size_t count);
void drawn_seed(uint64_t seed);
void drawn_canvas_make(canvas *c); /* ends the program if there is no memory */

/* --- for kinds.c --- */

double drawn_uniform(void); /* [0, 1) */
double drawn_between(double low, double high);
double drawn_normal(void);
glyph drawn_any_digit(void);

void drawn_clear(canvas *c, size_t width, size_t height);
/* The ink's box `scale` times as large, its upper left corner at (left, top). */
void drawn_digit(canvas *c, const glyph *g, double left, double top, double scale);
size_t drawn_wide(const glyph *g, double scale);
size_t drawn_high(const glyph *g, double scale);
void drawn_fill(canvas *c, double left, double top, double right, double bottom);
/* Thinned to strokes of one pixel. */
void drawn_thin(canvas *c);

/* Greys of ink on a ground, with noise. */
void drawn_expose(canvas *c, double ground, double ink, double noise);
/* Lines 2 pixels thick, `apart`, at a slope. */
void drawn_rule(canvas *c, double apart, double slope, bool upright, uint8_t value);
/* `factor` of the light at each place, from 0 to 1 both ways. */
void drawn_light(canvas *c, double (*factor)(double x, double y));
/* Turned to the right about its middle, on a ground of one grey. */
void drawn_turn(canvas *c, double degrees, uint8_t ground);
/* Seen from aside: each corner moves inward by up to `share` of the sides. */
void drawn_perspective(canvas *c, double share, uint8_t ground);
/* On something larger, of another grey. */
void drawn_put_on(canvas *c, double width, double height, double grey, double noise);
/* Out of focus: the mean over 3 x 3, so many times. */
void drawn_blur(canvas *c, size_t times);
/* What a JPEG file of this quality, 1 to 100, keeps: 8 x 8 cosines, quantised (ITU-T T.81, annex K). */
void drawn_jpeg(canvas *c, int quality);

#endif
