/* SPDX-License-Identifier: MIT */
/* random_bits.h: the bit generators of random.h; only random*.c, pcg64.c and philox.c include it. */
#ifndef DSC_BASE_RANDOM_BITS_H
#define DSC_BASE_RANDOM_BITS_H

#include "base/random.h"

/* Returns the low half of the 128-bit product a * b and stores the high half in *high. */
static inline uint64_t dsc_wide_multiply(uint64_t *high, uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product;
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32); /* cannot overflow: (2^32-1)^2 + 2^32-1 < 2^64 */
    uint64_t other = a0 * b1 + (uint32_t)middle;
    *high = a1 * b1 + (middle >> 32) + (other >> 32);
    return a * b;
#endif
}

/* `state` is SeedSequence's 256 bits as four 64-bit words. */
void dsc_pcg64_seed(dsc_rng *rng, const uint64_t state[4]);
uint64_t dsc_philox_next(dsc_rng *rng);

/* state <- state * multiplier + increment, modulo 2^128; see pcg64.c. Inline because a call would take
 * longer. */
static inline void dsc_pcg64_step(dsc_rng *rng) {
    const uint64_t multiplier_high = 2549297995355413924, multiplier_low = 4865540595714422341;
    uint64_t *state = rng->u.pcg.state, high, low = dsc_wide_multiply(&high, state[0], multiplier_low);
    high += state[0] * multiplier_high + state[1] * multiplier_low;
    state[0] = low + rng->u.pcg.increment[0];
    state[1] = high + rng->u.pcg.increment[1] + (state[0] < low);
}

static inline uint64_t dsc_pcg64_next(dsc_rng *rng) {
    dsc_pcg64_step(rng);
    const uint64_t *state = rng->u.pcg.state;
    uint64_t value = state[0] ^ state[1];
    unsigned rotation = (unsigned)(state[1] >> 58);
    return value >> rotation | value << (-rotation & 63);
}

#endif
