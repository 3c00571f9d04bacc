/* SPDX-License-Identifier: MIT */
/* random.c: seeding, raw bits, and uniform reals. */
#include "base/random.h"

#include "base/random_bits.h"

void dsc_rng_seed_sequence(dsc_rng *rng, const dsc_seed_sequence *sequence) {
    uint32_t words[8];
    uint64_t state[4];
    dsc_seed_sequence_generate(words, 8, sequence);
    for (int i = 0; i < 4; i++) state[i] = words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
    dsc_pcg64_seed(rng, state);
}

void dsc_rng_seed(dsc_rng *rng, uint64_t seed) {
    const uint32_t words[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    dsc_rng_seed_sequence(rng, &(dsc_seed_sequence){.entropy = words, .entropy_words = words[1] ? 2 : 1});
}

uint64_t dsc_rng_next64(dsc_rng *rng) {
    return rng->kind == DSC_RNG_PCG64 ? dsc_pcg64_next(rng) : dsc_philox_next(rng);
}

/* A 64-bit draw serves two 32-bit draws, the low half first. 64-bit draws leave a kept half unused. */
uint32_t dsc_rng_next32(dsc_rng *rng) {
    if (rng->has_half) {
        rng->has_half = false;
        return rng->half;
    }
    uint64_t bits = dsc_rng_next64(rng);
    rng->has_half = true;
    rng->half = (uint32_t)(bits >> 32);
    return (uint32_t)bits;
}

double dsc_rng_random(dsc_rng *rng) { return (double)(dsc_rng_next64(rng) >> 11) * 0x1p-53; }

float dsc_rng_random_f32(dsc_rng *rng) { return (float)(dsc_rng_next32(rng) >> 8) * 0x1p-24F; }
