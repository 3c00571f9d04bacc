/* SPDX-License-Identifier: MIT */
/* non_digits_parts.h: the parts of the built-in non-digits. Each draws one kind of image with the functions
 * of the digits (digits_parts.h), and so only with + - * / and sqrt on floats.
 *
 *   non_digits_letters.c     strokes of Latin letters
 *   non_digits_symbols.c     strokes of signs: arithmetic, punctuation, arrows, figures, Greek letters
 *   non_digits_scribbles.c   random strokes, zigzags, spirals, hatching, blots, dots, flat lines
 *   non_digits_textures.c    noise, stripes, grids, chequers, gradients, filled shapes, rows of text
 *   non_digits_joined.c      parts of digits, digits that touch, digits crossed out or in a box
 *   non_digits.c             the order of the kinds, and the data set */
#ifndef DSC_DATA_NON_DIGITS_PARTS_H
#define DSC_DATA_NON_DIGITS_PARTS_H

#include "data/digits_parts.h"

#include <math.h>

extern const dsc_digit_style dsc_letter_styles[], dsc_symbol_styles[];
extern const size_t dsc_letter_styles_count, dsc_symbol_styles_count;

/* Each draws a shape that fills the box. */
void dsc_scribble_draw(dsc_digit_shape *shape, const dsc_digit_variation *variation,
                       dsc_digit_random *random);
void dsc_digit_part_draw(dsc_digit_shape *shape, const dsc_digit_variation *variation,
                         dsc_digit_random *random);
void dsc_digits_joined_draw(dsc_digit_shape *shape, const dsc_digit_variation *variation,
                            dsc_digit_random *random);

/* Draws a box of (20, 20) pixels. */
void dsc_texture_draw(uint8_t *box, dsc_digit_random *random);

/* A random number from `low` to `high`; a random integer from `low` to `high`, both included. */
static inline float dsc_between(dsc_digit_random *random, float low, float high) {
    return low + (high - low) * dsc_digit_uniform(random);
}
static inline int dsc_whole_between(dsc_digit_random *random, int low, int high) {
    return low + (int)(dsc_digit_uniform(random) * (float)(high - low + 1));
}

/* A random unit vector, uniform over directions. */
static inline void dsc_direction(float *x, float *y, dsc_digit_random *random) {
    float length;
    do {
        *x = dsc_between(random, -1, 1);
        *y = dsc_between(random, -1, 1);
        length = *x * *x + *y * *y;
    } while (length > 1 || length < 0.05f);
    length = sqrtf(length);
    *x /= length;
    *y /= length;
}

#endif
