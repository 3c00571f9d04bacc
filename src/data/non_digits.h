/* SPDX-License-Identifier: MIT */
/* non_digits.h: draws single built-in non-digits; dsc_non_digits_create makes a data set of them. */
#ifndef DSC_DATA_NON_DIGITS_H
#define DSC_DATA_NON_DIGITS_H

#include "data/non_digits_parts.h"

typedef enum dsc_non_digit {
    DSC_NON_DIGIT_LETTER,
    DSC_NON_DIGIT_SYMBOL,
    DSC_NON_DIGIT_SCRIBBLE,
    DSC_NON_DIGIT_TEXTURE,
    DSC_NON_DIGIT_PART,
    DSC_NON_DIGIT_JOINED,
    DSC_NON_DIGIT_KINDS
} dsc_non_digit;

/* The number of images of each kind in every twenty, and the kind of image `index`. The order in each twenty
 * is random. */
enum { DSC_NON_DIGIT_ROUND = 20 };
extern const uint8_t dsc_non_digit_shares[DSC_NON_DIGIT_KINDS];
dsc_non_digit dsc_non_digit_kind(uint64_t seed, uint64_t index);

/* Draws one image: (28, 28) bytes. */
void dsc_non_digit_draw(uint8_t *image, dsc_non_digit kind, uint64_t seed, uint64_t index,
                        const dsc_digit_variation *variation);

/* Draws image `index` and returns its label, 0: `draw` of the registry's row. */
uint8_t dsc_non_digit_draw_sample(uint8_t *image, uint64_t seed, uint64_t index, const void *values);

#endif
