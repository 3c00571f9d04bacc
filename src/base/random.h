/* SPDX-License-Identifier: MIT */
/* random.h: NumPy's random numbers, bit for bit.
 *
 *   dsc_rng rng;
 *   dsc_rng_seed(&rng, 884736743);          numpy.random.default_rng(884736743)
 *   double u = dsc_rng_random(&rng);        rng.random()
 *
 * A dsc_rng is a plain value that owns nothing: copy it to fork a stream. Threads must not share one. */
#ifndef DSC_BASE_RANDOM_H
#define DSC_BASE_RANDOM_H

#include <descender.h>

/* numpy.random.SeedSequence(entropy, spawn_key=...).generate_state(count, uint32). `entropy` and each spawn
 * key consist of 32-bit words, lowest first, as many as the number needs (0 has one word). O'Neill,
 * "Developing a seed_seq alternative" (2015). */
typedef struct dsc_seed_sequence {
    const uint32_t *entropy;
    size_t entropy_words;
    const uint32_t *spawn_key; /* all keys, one after the other, each in its words */
    size_t spawn_words;
} dsc_seed_sequence;

void dsc_seed_sequence_generate(uint32_t *state, size_t count, const dsc_seed_sequence *sequence);

typedef enum dsc_rng_kind { DSC_RNG_PCG64, DSC_RNG_PHILOX } dsc_rng_kind;

typedef struct dsc_rng {
    dsc_rng_kind kind;
    bool has_half; /* NumPy keeps the upper half of a 64-bit draw for the next 32-bit draw */
    uint32_t half;
    union {
        struct {
            uint64_t state[2], increment[2]; /* 128 bits each, low word first */
        } pcg;
        struct {
            uint64_t counter[4], key[2], buffer[4];
            unsigned position; /* in buffer; 4: empty */
        } philox;
    } u;
} dsc_rng;

/* numpy.random.default_rng(seed): SeedSequence -> PCG64 (O'Neill 2014, XSL-RR 128/64). Larger seeds:
 * seed.h. */
void dsc_rng_seed(dsc_rng *rng, uint64_t seed);
void dsc_rng_seed_sequence(dsc_rng *rng, const dsc_seed_sequence *sequence);

/* numpy.random.Generator(Philox(key=key, counter=counter)): Philox4x64-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC11). NumPy increments the counter before the first block. */
void dsc_rng_philox(dsc_rng *rng, const uint64_t key[2], const uint64_t counter[4]);

/* One Philox block without a generator: out = philox4x64_10(counter, key). */
void dsc_philox_block(uint64_t out[4], const uint64_t counter[4], const uint64_t key[2]);

/* `count` blocks with consecutive counter[0], faster than single calls. counter[0] must not overflow. */
void dsc_philox_blocks(uint64_t (*out)[4], const uint64_t counter[4], const uint64_t key[2], size_t count);

uint64_t dsc_rng_next64(dsc_rng *rng);
uint32_t dsc_rng_next32(dsc_rng *rng);

double dsc_rng_random(dsc_rng *rng);    /* rng.random(): [0, 1), 53 bits */
float dsc_rng_random_f32(dsc_rng *rng); /* rng.random(dtype=float32): [0, 1), 24 bits */
double dsc_rng_normal(dsc_rng *rng);    /* rng.standard_normal(): ziggurat */

/* 0 <= value <= last: rng.integers(0, last, endpoint=True). Values of up to 32 bits use 32-bit draws; an
 * interval of one value draws nothing. */
uint64_t dsc_rng_up_to(dsc_rng *rng, uint64_t last);

/* rng.integers(low, high, size=count, dtype=...): low <= value < high (u64: <= last). The caller ensures that
 * the interval is not empty and lies within the type. Like NumPy, these take several values of 16, 8 or 1
 * bits from one 32-bit draw and drop the unused rest at the end of a call. For the full signed 64-bit range
 * use integers_u64(0, UINT64_MAX) and a cast. */
void dsc_rng_integers_i64(dsc_rng *rng, int64_t *out, size_t count, int64_t low, int64_t high);
void dsc_rng_integers_u64(dsc_rng *rng, uint64_t *out, size_t count, uint64_t low, uint64_t last);
void dsc_rng_integers_i32(dsc_rng *rng, int32_t *out, size_t count, int32_t low, int64_t high);
void dsc_rng_integers_u32(dsc_rng *rng, uint32_t *out, size_t count, uint32_t low, uint64_t high);
void dsc_rng_integers_i16(dsc_rng *rng, int16_t *out, size_t count, int32_t low, int32_t high);
void dsc_rng_integers_u16(dsc_rng *rng, uint16_t *out, size_t count, uint32_t low, uint32_t high);
void dsc_rng_integers_i8(dsc_rng *rng, int8_t *out, size_t count, int32_t low, int32_t high);
void dsc_rng_integers_u8(dsc_rng *rng, uint8_t *out, size_t count, uint32_t low, uint32_t high);
void dsc_rng_integers_bool(dsc_rng *rng, bool *out, size_t count, uint32_t low, uint32_t high);

/* rng.choice(population, size=count, replace=False). Fails, without drawing, if count > population
 * (DSC_ERROR_ARGUMENT) or without memory. */
dsc_status dsc_rng_choice(dsc_rng *rng, int64_t *out, size_t count, int64_t population, dsc_error *error);

/* rng.permutation(count), and rng.shuffle of indices in place. */
void dsc_rng_permutation(dsc_rng *rng, int64_t *out, size_t count);
void dsc_rng_shuffle(dsc_rng *rng, int64_t *values, size_t count);

#endif
