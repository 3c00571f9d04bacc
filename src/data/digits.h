/* SPDX-License-Identifier: MIT */
/* digits.h: draws single built-in digits; dsc_digits_create makes a data set of them. */
#ifndef DSC_DATA_DIGITS_H
#define DSC_DATA_DIGITS_H

#include "data/digits_parts.h"

/* The label of digit `index`. Each ten digits contain every class once, in random order. */
int dsc_digit_label(uint64_t seed, uint64_t index);

/* Draws one digit: (28, 28) bytes. */
void dsc_digit_draw(uint8_t *image, int digit, uint64_t seed, uint64_t index,
                    const dsc_digit_variation *variation);

/* The variation for a data set's values (dsc_hands_values; NULL: the defaults). */
const dsc_digit_variation *dsc_digit_variation_of(const void *values);

/* Draws digit `index` and returns its label: `draw` of the registry's row. */
uint8_t dsc_digit_draw_sample(uint8_t *image, uint64_t seed, uint64_t index, const void *values);

#endif
