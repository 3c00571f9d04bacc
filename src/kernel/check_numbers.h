/* SPDX-License-Identifier: MIT */
/* check_numbers.h: operands whose products and sums are exact in float; for check.c and check_all.c only.
 *
 * Magnitudes lie in [1, 2) in steps of 1/16, with random signs. A product is a multiple of 2^-8 below 4, so
 * the sum of up to 16,000 products, in any order, fits the 24-bit significand of a float. */
#ifndef DSC_KERNEL_CHECK_NUMBERS_H
#define DSC_KERNEL_CHECK_NUMBERS_H

#include "kernel/kernel.h"

typedef struct dsc_check_numbers {
    uint64_t state;
    bool rounded; /* adds 1/1024 to each magnitude, which rounding to bfloat16 removes */
} dsc_check_numbers;

static inline dsc_check_numbers dsc_check_numbers_begin(uint64_t seed, bool rounded) {
    return (dsc_check_numbers){seed, rounded};
}

/* Knuth's linear congruential generator (MMIX); returns the upper bits. */
static inline uint32_t dsc_check_bits(dsc_check_numbers *numbers) {
    numbers->state = numbers->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(numbers->state >> 33);
}

static inline void dsc_check_fill(dsc_real *out, size_t count, dsc_check_numbers *numbers) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = dsc_check_bits(numbers);
        const dsc_real size = (dsc_real)(16 + (bits & 15)) / 16,
                       off = numbers->rounded ? (dsc_real)0x1p-10 : 0;
        out[i] = bits & 16 ? -(size + off) : size + off;
    }
}

#endif
