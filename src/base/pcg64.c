/* SPDX-License-Identifier: MIT */
/* pcg64.c: PCG XSL-RR 128/64, NumPy's default bit generator.
 *
 * O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
 * Generation" (2014): state <- state * M + increment modulo 2^128; the output is the xor of the state's
 * halves, rotated right by its top six bits. */
#include "base/random_bits.h"

#define MULTIPLIER_HIGH 2549297995355413924u /* M = 47026247687942121848144207491837523525, */
#define MULTIPLIER_LOW  4865540595714422341u /* of 128 bits, in two halves */

static void add(uint64_t sum[2], const uint64_t term[2]) {
    sum[0] += term[0];
    sum[1] += term[1] + (sum[0] < term[0]);
}

static void step(dsc_rng *rng) {
    uint64_t *state = rng->u.pcg.state, high;
    uint64_t low = dsc_wide_multiply(&high, state[0], MULTIPLIER_LOW);
    state[1] = high + state[0] * MULTIPLIER_HIGH + state[1] * MULTIPLIER_LOW;
    state[0] = low;
    add(state, rng->u.pcg.increment);
}

uint64_t dsc_pcg64_next(dsc_rng *rng) {
    step(rng);
    const uint64_t *state = rng->u.pcg.state;
    uint64_t value = state[0] ^ state[1];
    unsigned rotation = (unsigned)(state[1] >> 58);
    return value >> rotation | value << (-rotation & 63);
}

void dsc_pcg64_seed(dsc_rng *rng, const uint64_t words[4]) {
    *rng = (dsc_rng){.kind = DSC_RNG_PCG64};
    const uint64_t initial[2] = {words[1], words[0]}; /* NumPy hands the high halves over first */
    rng->u.pcg.increment[0] = words[3] << 1 | 1;      /* the increment must be odd */
    rng->u.pcg.increment[1] = words[2] << 1 | words[3] >> 63;
    step(rng);
    add(rng->u.pcg.state, initial);
    step(rng);
}
