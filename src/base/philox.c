/* SPDX-License-Identifier: MIT */
/* philox.c: Philox4x64-10, a counter-based bit generator: block n is a function of the key and n.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC11), section 3.3: ten
 * rounds of two wide products, whose halves are crossed and mixed with the key; the key changes between
 * rounds. */
#include "base/random_bits.h"

#include <string.h>

#define ROUNDS       10
#define MULTIPLIER_0 0xD2E7470EE14C6C93u
#define MULTIPLIER_1 0xCA5A826395121157u
#define WEYL_0       0x9E3779B97F4A7C15u /* the golden ratio */
#define WEYL_1       0xBB67AE8584CAA73Bu /* and sqrt(3) - 1, in 64 bits */

void dsc_philox_block(uint64_t out[4], const uint64_t counter[4], const uint64_t key[2]) {
    uint64_t a = counter[0], b = counter[1], c = counter[2], d = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t high0, high1;
        uint64_t low0 = dsc_wide_multiply(&high0, MULTIPLIER_0, a);
        uint64_t low1 = dsc_wide_multiply(&high1, MULTIPLIER_1, c);
        a = high1 ^ b ^ k0;
        b = low1;
        c = high0 ^ d ^ k1;
        d = low0;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}

/* A block is a chain of ten products; a processor can run several chains at once. */
enum { TOGETHER = 4 };

static void blocks_together(uint64_t out[TOGETHER][4], const uint64_t counter[4], const uint64_t key[2]) {
    uint64_t a[TOGETHER], b[TOGETHER], c[TOGETHER], d[TOGETHER], k0 = key[0], k1 = key[1];
    for (unsigned i = 0; i < TOGETHER; i++) {
        a[i] = counter[0] + i;
        b[i] = counter[1];
        c[i] = counter[2];
        d[i] = counter[3];
    }
    for (int round = 0; round < ROUNDS; round++, k0 += WEYL_0, k1 += WEYL_1)
#pragma GCC unroll 4
        for (unsigned i = 0; i < TOGETHER; i++) {
            uint64_t high0, high1;
            const uint64_t low0 = dsc_wide_multiply(&high0, MULTIPLIER_0, a[i]);
            const uint64_t low1 = dsc_wide_multiply(&high1, MULTIPLIER_1, c[i]);
            a[i] = high1 ^ b[i] ^ k0;
            b[i] = low1;
            c[i] = high0 ^ d[i] ^ k1;
            d[i] = low0;
        }
    for (unsigned i = 0; i < TOGETHER; i++) {
        out[i][0] = a[i];
        out[i][1] = b[i];
        out[i][2] = c[i];
        out[i][3] = d[i];
    }
}

void dsc_philox_blocks(uint64_t (*out)[4], const uint64_t counter[4], const uint64_t key[2], size_t count) {
    uint64_t at[4];
    memcpy(at, counter, sizeof at);
    for (; count >= TOGETHER; count -= TOGETHER, out += TOGETHER, at[0] += TOGETHER)
        blocks_together(out, at, key);
    for (; count > 0; count--, out++, at[0]++) dsc_philox_block(*out, at, key);
}

void dsc_rng_philox(dsc_rng *rng, const uint64_t key[2], const uint64_t counter[4]) {
    *rng = (dsc_rng){.kind = DSC_RNG_PHILOX};
    memcpy(rng->u.philox.key, key, sizeof rng->u.philox.key);
    memcpy(rng->u.philox.counter, counter, sizeof rng->u.philox.counter);
    rng->u.philox.position = 4;
}

uint64_t dsc_philox_next(dsc_rng *rng) {
    if (rng->u.philox.position == 4) {
        uint64_t *counter = rng->u.philox.counter;
        for (int i = 0; i < 4 && ++counter[i] == 0; i++) {
        } /* carries into the next word on overflow */
        dsc_philox_block(rng->u.philox.buffer, counter, rng->u.philox.key);
        rng->u.philox.position = 0;
    }
    return rng->u.philox.buffer[rng->u.philox.position++];
}
