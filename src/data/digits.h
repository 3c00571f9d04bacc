/* SPDX-License-Identifier: MIT */
/* digits.h: the built-in digits one by one; dsc_digits_create makes many of them a dataset. */
#ifndef DSC_DATA_DIGITS_H
#define DSC_DATA_DIGITS_H

#include "data/digits_parts.h"

/* The label of the digit `index`: each ten hold every digit once, in random order. */
int dsc_digit_label(uint64_t seed, uint64_t index);

/* One digit: (28, 28) bytes. */
void dsc_digit_draw(uint8_t *image, int digit, uint64_t seed, uint64_t index,
                    const dsc_digit_variation *variation);

/* What a data set's values (dsc_hands_values, NULL: the defaults) ask for. */
const dsc_digit_variation *dsc_digit_variation_of(const void *values);

/* The digit `index` with its label: `draw` of the row. */
uint8_t dsc_digit_draw_sample(uint8_t *image, uint64_t seed, uint64_t index, const void *values);

#endif
