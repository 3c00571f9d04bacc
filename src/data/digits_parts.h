/* SPDX-License-Identifier: MIT */
/* digits_parts.h: what the built-in digits are made of: styles -> shape -> ink.
 *
 *   digits_styles.c    the handwriting: pen strokes for several ways of writing each digit
 *   digits_world.c     more of it: the world's hands
 *   digits_random.c    the random numbers of one digit
 *   digits_shape.c     one writer's digit: a style, varied, slanted, bent, as a chain of short segments
 *   digits_ink.c       the pen: segments to grey pixels, MNIST's 20 x 20 box, centred by mass in 28 x 28
 *   digits_scan.c      what scanners and cameras do to the ink
 *   digits.c           a whole digit, and many of them, on all cores
 *
 * Everything is float arithmetic with + - * / and sqrt alone, each rounded once (the build forbids
 * contraction), so the same seed draws the same bytes on every machine. */
#ifndef DSC_DATA_DIGITS_PARTS_H
#define DSC_DATA_DIGITS_PARTS_H

#include "base/digit.h"

#include <descender.h>

enum { DSC_DIGIT_BYTES = DSC_DIGIT_SIDE * DSC_DIGIT_SIDE };

/* A style is one way of writing a digit: what the pen does at each knot, and where the knots are in a few
 * drawings of it. What is written is a random mixture of the drawings, so they should be the extremes of
 * the style. Coordinates are percent of the digit's box, x to the right and y down. */
enum { DSC_STYLE_KNOTS = 14, DSC_STYLE_DRAWINGS = 8 };

typedef struct dsc_digit_style {
    int digit;       /* or the character, where it is none */
    int weight;      /* how common it is among the styles of its digit */
    const char *pen; /* a letter for each knot: p pen down, s smoothly through, c corner */
    signed char drawings[DSC_STYLE_DRAWINGS][2 * DSC_STYLE_KNOTS]; /* x, y of each knot; all zero: no more */
} dsc_digit_style;

extern const dsc_digit_style dsc_digit_styles[];
extern const size_t dsc_digit_styles_count;
extern const dsc_digit_style dsc_world_styles[];
extern const size_t dsc_world_styles_count;

/* What is common to all styles of a digit: how wide it is written, in heights, how it leans, and how
 * heavy the pen is against the other digits'. */
typedef struct dsc_digit_form {
    float width, slant, pen;
} dsc_digit_form;

extern const dsc_digit_form dsc_digit_forms[10];

/* How much the drawings vary: standard deviations, unless they say otherwise. */
typedef struct dsc_digit_variation {
    float extrapolate; /* mixtures reach beyond the drawings by this part */
    float jitter;      /* of each knot, in digit heights */
    float slant;       /* x shift of the top against the bottom, in heights */
    float rotation;    /* radians */
    float width;       /* of the logarithm of width against height */
    float bend;        /* quadratic terms of the bending of the plane */
    float twist;       /* cubic terms */
    float elastic;     /* of the elastic distortion, in digit heights */
    float pen_mean;    /* radius in pixels */
    float pen;         /* of the logarithm of the radius */
    float pressure;    /* change of the radius along a stroke */
    float edge;        /* pixels over which the ink fades */
    float edge_spread;
    float world; /* the share of digits that are written in one of dsc_world_styles */
    float scan;  /* the share of images that go through dsc_digit_scan */
} dsc_digit_variation;

extern const dsc_digit_variation dsc_digit_variation_default, dsc_digit_variation_world;

/* A chain of points with the pen's radius there; `down` is false where the pen was lifted to get there. */
enum { DSC_SHAPE_POINTS = 256 };

typedef struct dsc_digit_shape {
    size_t count;
    float x[DSC_SHAPE_POINTS], y[DSC_SHAPE_POINTS], radius[DSC_SHAPE_POINTS]; /* pixels */
    bool down[DSC_SHAPE_POINTS];
    float edge; /* pixels over which the ink fades */
} dsc_digit_shape;

/* The random numbers of one digit: a Philox stream of its own. */
typedef struct dsc_digit_random {
    uint64_t key[2], counter[4], block[4];
    unsigned left; /* 16-bit values not yet used */
} dsc_digit_random;

void dsc_digit_random_start(dsc_digit_random *random, uint64_t seed, uint64_t stream, uint64_t index);
float dsc_digit_uniform(dsc_digit_random *random); /* [0, 1), 16 bits */
float dsc_digit_normal(dsc_digit_random *random);  /* mean 0, deviation 1, within +-3.5 */

/* Picks one of `count` styles by their weights; `digit` < 0: of all, else of those of that digit, of which
 * there must be one. */
const dsc_digit_style *dsc_style_pick(const dsc_digit_style *styles, size_t count, int digit,
                                      dsc_digit_random *random);

/* Writes a style once, as one writer would: mixed, bent, stretched, slanted, with the pen's radius. The plane
 * is in half heights around the middle, -1 to 1, not yet scaled to the box. */
void dsc_shape_write(dsc_digit_shape *shape, const dsc_digit_style *style, const dsc_digit_form *form,
                     const dsc_digit_variation *variation, dsc_digit_random *random);

/* The same with one of the styles of `digit`, of the world's in their share. */
void dsc_shape_write_digit(dsc_digit_shape *shape, int digit, const dsc_digit_variation *variation,
                           dsc_digit_random *random);

/* Adds a point; `down` false: the pen is lifted to get there. A shape that is full stays as it is. */
void dsc_shape_add(dsc_digit_shape *shape, float x, float y, bool down);

/* Knots of pen strokes, a letter for each in `pen` as in a style, and the spline through them, which is added
 * to the shape. */
enum { DSC_KNOTS = 24, DSC_SPAN_STEPS = 6 };
typedef struct dsc_knots {
    size_t count;
    const char *pen;
    float x[DSC_KNOTS], y[DSC_KNOTS];
} dsc_knots;
void dsc_shape_spline(dsc_digit_shape *shape, const dsc_knots *knots);

/* Chooses the pen's radius at each point, `weight` times the usual one, and how the ink fades. */
void dsc_shape_press(dsc_digit_shape *shape, float weight, const dsc_digit_variation *variation,
                     dsc_digit_random *random);

/* Scales and moves the shape so that its ink fills the box DSC_DIGIT_BOX pixels high and wide. */
void dsc_shape_fit(dsc_digit_shape *shape);

/* Draws the skeleton of `digit` into that box. */
void dsc_digit_shape_draw(dsc_digit_shape *shape, int digit, const dsc_digit_variation *variation,
                          dsc_digit_random *random);

/* Inks the shape: `image` is (28, 28). */
void dsc_digit_ink(uint8_t *image, const dsc_digit_shape *shape);

/* Puts a box of (20, 20) pixels into `image` (28, 28), its centre of mass in the middle. */
void dsc_digit_place(uint8_t *image, const uint8_t *box);

/* Spoils `image` (28, 28) a little, as scanners and cameras do; in the variation's share of cases. */
void dsc_digit_scan(uint8_t *image, dsc_digit_random *random);
static inline void dsc_digit_scan_some(uint8_t *image, const dsc_digit_variation *variation,
                                       dsc_digit_random *random) {
    if (variation->scan > 0 && dsc_digit_uniform(random) < variation->scan) dsc_digit_scan(image, random);
}

#endif
