/* SPDX-License-Identifier: MIT */
/* seed_sequence.c: numpy.random.SeedSequence, which turns any number into well-mixed state.
 *
 * O'Neill, "Developing a seed_seq Alternative" (2015): fill four words with hashed entropy, mix each with the
 * hash of every other, mix remaining entropy into all four, then output hashes of the four in turn. A hash
 * multiplies by a constant that changes with every use. */
#include "base/random.h"

#define POOL 4

#define INITIAL_A      0x43b0d7e5u
#define MULTIPLIER_A   0x931e8875u
#define INITIAL_B      0x8b51f9ddu
#define MULTIPLIER_B   0x58f38dedu
#define MIX_MULTIPLIER 0xca01f9ddu
#define MIX_SUBTRACTOR 0x4973f715u

static uint32_t hash(uint32_t value, uint32_t *constant, uint32_t multiplier) {
    value ^= *constant;
    *constant *= multiplier;
    value *= *constant;
    return value ^ value >> 16;
}

static uint32_t mix(uint32_t a, uint32_t b) {
    uint32_t value = MIX_MULTIPLIER * a - MIX_SUBTRACTOR * b;
    return value ^ value >> 16;
}

/* Entropy, then spawn key. If there is a key, short entropy is padded with zeros to the pool size, so that a
 * child of 1 differs from a child of 2^32 + 1 and from the parent. */
static uint32_t word(const dsc_seed_sequence *sequence, size_t i) {
    if (i < sequence->entropy_words) return sequence->entropy[i];
    size_t start = sequence->entropy_words;
    if (start < POOL) start = POOL;
    return i < start || i - start >= sequence->spawn_words ? 0 : sequence->spawn_key[i - start];
}

void dsc_seed_sequence_generate(uint32_t *state, size_t count, const dsc_seed_sequence *sequence) {
    size_t words = sequence->entropy_words;
    if (sequence->spawn_words) words = (words < POOL ? POOL : words) + sequence->spawn_words;
    uint32_t pool[POOL], constant = INITIAL_A;
    for (size_t i = 0; i < POOL; i++) pool[i] = hash(word(sequence, i), &constant, MULTIPLIER_A);
    for (size_t from = 0; from < POOL; from++)
        for (size_t to = 0; to < POOL; to++)
            if (from != to) pool[to] = mix(pool[to], hash(pool[from], &constant, MULTIPLIER_A));
    for (size_t from = POOL; from < words; from++)
        for (size_t to = 0; to < POOL; to++)
            pool[to] = mix(pool[to], hash(word(sequence, from), &constant, MULTIPLIER_A));

    constant = INITIAL_B;
    for (size_t i = 0; i < count; i++) state[i] = hash(pool[i % POOL], &constant, MULTIPLIER_B);
}
