/* SPDX-License-Identifier: MIT */
/* digits_random.c: the random numbers of one digit, a Philox stream of its own. */
#include "data/digits_parts.h"

#include "base/random.h"

#include <string.h>

void dsc_digit_random_start(dsc_digit_random *random, uint64_t seed, uint64_t stream, uint64_t index) {
    random->key[0] = seed;
    random->key[1] = 0x646967697473; /* "digits": keeps this stream apart from other uses of the seed */
    random->counter[0] = 0;
    random->counter[1] = index;
    random->counter[2] = stream;
    random->counter[3] = 0;
    memset(random->block, 0, sizeof random->block);
    random->left = 0;
}

static unsigned next16(dsc_digit_random *random) {
    if (random->left == 0) {
        dsc_philox_block(random->block, random->counter, random->key);
        random->counter[0]++;
        random->left = 16;
    }
    unsigned at = --random->left;
    return (unsigned)(random->block[at / 4] >> (16 * (at % 4))) & 0xFFFF;
}

float dsc_digit_uniform(dsc_digit_random *random) { return (float)next16(random) * (1.0f / 65536); }

/* The scaled sum of four uniform numbers: close to a Gaussian, with exact arithmetic. */
float dsc_digit_normal(dsc_digit_random *random) {
    unsigned sum = 0;
    for (int i = 0; i < 4; i++) sum += next16(random);
    return ((float)sum - 131070.0f) * (1.7320508f / 65536);
}
