/* SPDX-License-Identifier: MIT */
/* pcg64.c: PCG XSL-RR 128/64, NumPy's default bit generator; its step is in random_bits.h.
 *
 * O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
 * Generation" (2014): state <- state * M + increment modulo 2^128, with M =
 * 47026247687942121848144207491837523525. The output is the xor of the state's halves, rotated right by its
 * top six bits. */
#include "base/random_bits.h"

void dsc_pcg64_seed(dsc_rng *rng, const uint64_t words[4]) {
    *rng = (dsc_rng){.kind = DSC_RNG_PCG64};
    uint64_t *state = rng->u.pcg.state, *increment = rng->u.pcg.increment;
    increment[0] = words[3] << 1 | 1; /* must be odd; NumPy passes the high halves first */
    increment[1] = words[2] << 1 | words[3] >> 63;
    dsc_pcg64_step(rng);
    state[0] += words[1];
    state[1] += words[0] + (state[0] < words[1]);
    dsc_pcg64_step(rng);
}
