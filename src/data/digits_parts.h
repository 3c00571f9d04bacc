/* SPDX-License-Identifier: MIT */
/* digits_parts.h: the stages of drawing a built-in digit: styles -> shape -> ink.
 *
 *   digits_styles.c    the handwriting: pen strokes for several ways of writing each digit
 *   digits_world.c     more handwriting, from all over the world
 *   digits_print.c     printed digits
 *   digits_random.c    the random numbers of one digit
 *   digits_shape.c     one digit: a style, varied, slanted, bent, as a chain of short segments
 *   digits_ink.c       the pen: segments to grey pixels, MNIST's 20 x 20 box, centred by mass in 28 x 28
 *   digits_scan.c      the effects of scanners and cameras
 *   digits.c           a whole digit, and many of them, on all cores
 *
 * All arithmetic is float with + - * / and sqrt only, each rounded once (the build forbids contraction). The
 * same seed therefore draws the same bytes on every machine. */
#ifndef DSC_DATA_DIGITS_PARTS_H
#define DSC_DATA_DIGITS_PARTS_H

#include "base/digit.h"

#include <descender.h>

enum { DSC_DIGIT_BYTES = DSC_DIGIT_SIDE * DSC_DIGIT_SIDE };

/* A style is one way of writing a digit: the action of the pen at each knot, and the positions of the knots
 * in a few drawings. A digit is a random mixture of the drawings, which should be the extremes of the style.
 * Coordinates are percent of the digit's box, x to the right and y down. */
enum { DSC_STYLE_KNOTS = 14, DSC_STYLE_DRAWINGS = 8 };

typedef struct dsc_digit_style {
    int digit;       /* or the code of a character */
    int weight;      /* frequency among the styles of its digit */
    const char *pen; /* one letter per knot: p pen down, s smooth, c corner */
    signed char drawings[DSC_STYLE_DRAWINGS][2 * DSC_STYLE_KNOTS]; /* x, y of each knot; all zero: end */
} dsc_digit_style;

/* Common to all styles of a digit: its width in heights, its slant, and the pen's weight relative to other
 * digits. */
typedef struct dsc_digit_form {
    float width, slant, pen;
} dsc_digit_form;

extern const dsc_digit_form dsc_digit_forms[10];

/* Styles of all ten digits, by file: usual, world, print. */
typedef struct dsc_digit_hands {
    const dsc_digit_style *styles;
    size_t count;
    const dsc_digit_form *forms; /* ten */
} dsc_digit_hands;
extern const dsc_digit_hands dsc_digit_hands_usual, dsc_digit_hands_world, dsc_digit_hands_print;

/* Amounts of variation: standard deviations, unless noted. */
typedef struct dsc_digit_variation {
    float extrapolate; /* share by which mixtures exceed the drawings */
    float jitter;      /* of each knot, in digit heights */
    float slant;       /* x shift of the top against the bottom, in heights */
    float rotation;    /* radians */
    float width;       /* of the logarithm of width by height */
    float bend;        /* quadratic terms of the bending of the plane */
    float twist;       /* cubic terms */
    float elastic;     /* of the elastic distortion, in digit heights */
    float pen_mean;    /* radius in pixels */
    float pen;         /* of the logarithm of the radius */
    float pressure;    /* change of the radius along a stroke */
    float edge;        /* pixels over which the ink fades */
    float edge_spread;
    const dsc_digit_hands *hands; /* beside the usual ones; NULL: none */
    float share;                  /* of digits in a style of `hands` */
    float scan;                   /* share of images that dsc_digit_scan changes */
} dsc_digit_variation;

extern const dsc_digit_variation dsc_digit_variation_default, dsc_digit_variation_world,
    dsc_digit_variation_print;

/* A chain of points with the pen's radius. `down` is false if the pen is lifted on the way to the point. */
enum { DSC_SHAPE_POINTS = 256 };

typedef struct dsc_digit_shape {
    size_t count;
    float x[DSC_SHAPE_POINTS], y[DSC_SHAPE_POINTS], radius[DSC_SHAPE_POINTS]; /* pixels */
    bool down[DSC_SHAPE_POINTS];
    float edge; /* pixels over which the ink fades */
} dsc_digit_shape;

/* The random numbers of one digit: its own Philox stream. */
typedef struct dsc_digit_random {
    uint64_t key[2], counter[4], block[4];
    unsigned left; /* unused 16-bit values */
} dsc_digit_random;

void dsc_digit_random_start(dsc_digit_random *random, uint64_t seed, uint64_t stream, uint64_t index);
float dsc_digit_uniform(dsc_digit_random *random); /* [0, 1), 16 bits */
float dsc_digit_normal(dsc_digit_random *random);  /* mean 0, deviation 1, within +-3.5 */

/* Picks one of `count` styles by weight. `digit` >= 0: only styles of that digit, of which there must be one;
 * < 0: any style. */
const dsc_digit_style *dsc_style_pick(const dsc_digit_style *styles, size_t count, int digit,
                                      dsc_digit_random *random);

/* Writes a style once: mixes, bends, stretches and slants it and chooses the pen's radius. Coordinates are in
 * half heights around the centre, -1 to 1, not yet scaled to the box. */
void dsc_shape_write(dsc_digit_shape *shape, const dsc_digit_style *style, const dsc_digit_form *form,
                     const dsc_digit_variation *variation, dsc_digit_random *random);

/* The same with a random style of `digit`; the variation's `share` of digits uses the styles of its
 * `hands`. */
void dsc_shape_write_digit(dsc_digit_shape *shape, int digit, const dsc_digit_variation *variation,
                           dsc_digit_random *random);

/* Adds a point. `down` false: the pen is lifted on the way. Does nothing if the shape is full. */
void dsc_shape_add(dsc_digit_shape *shape, float x, float y, bool down);

/* Knots of pen strokes, with one letter each in `pen` as in a style; dsc_shape_spline adds the spline through
 * them to the shape. */
enum { DSC_KNOTS = 24, DSC_SPAN_STEPS = 6 };
typedef struct dsc_knots {
    size_t count;
    const char *pen;
    float x[DSC_KNOTS], y[DSC_KNOTS];
} dsc_knots;
void dsc_shape_spline(dsc_digit_shape *shape, const dsc_knots *knots);

/* Chooses the pen's radius at each point, around `weight` times the mean, and the softness of the edge. */
void dsc_shape_press(dsc_digit_shape *shape, float weight, const dsc_digit_variation *variation,
                     dsc_digit_random *random);

/* Scales and moves the shape so that its ink fills a box of DSC_DIGIT_BOX pixels in height or width. */
void dsc_shape_fit(dsc_digit_shape *shape);

/* Makes the shape of `digit`, fitted to that box. */
void dsc_digit_shape_draw(dsc_digit_shape *shape, int digit, const dsc_digit_variation *variation,
                          dsc_digit_random *random);

/* Inks the shape: `image` is (28, 28). */
void dsc_digit_ink(uint8_t *image, const dsc_digit_shape *shape);

/* Puts a box of (20, 20) pixels into `image` (28, 28), its centre of mass in the middle. */
void dsc_digit_place(uint8_t *image, const uint8_t *box);

/* Changes `image` (28, 28) a little, as scanners and cameras do. dsc_digit_scan_some does so in the
 * variation's share of cases. */
void dsc_digit_scan(uint8_t *image, dsc_digit_random *random);
static inline void dsc_digit_scan_some(uint8_t *image, const dsc_digit_variation *variation,
                                       dsc_digit_random *random) {
    if (variation->scan > 0 && dsc_digit_uniform(random) < variation->scan) dsc_digit_scan(image, random);
}

#endif
