/* SPDX-License-Identifier: MIT */
/* seed.h: seeds of any size. Like NumPy, every seed here may be any nonnegative integer of up to
 * DSC_SEED_DIGITS digits. */
#ifndef DSC_BASE_SEED_H
#define DSC_BASE_SEED_H

#include "base/random.h"
#include "base/text.h"

dsc_seed dsc_seed_of(uint64_t number);

/* Whether the seed is valid: 1 to 104 words, the last of several not 0. */
bool dsc_seed_is_whole(const dsc_seed *seed);

/* Parses decimal digits and nothing else: no sign, space or point, at most DSC_SEED_DIGITS digits. Returns
 * false and sets *seed to 0 on failure. */
bool dsc_seed_parse(dsc_seed *seed, const char *digits);

/* Sets the seed from `digits`, or from `number` if digits are NULL. DSC_ERROR_ARGUMENT: the message begins
 * with "seed: ". */
dsc_status dsc_seed_given(dsc_seed *seed, const char *digits, uint64_t number, dsc_error *error);

/* Fails with "seed: expected a whole number ..., found '1e3'". */
dsc_status dsc_seed_refuse(const char *name, const char *found, dsc_error *error);

/* Appends the decimal digits. */
void dsc_seed_format(dsc_text *text, const dsc_seed *seed);

/* Stores the seed if it is below 2^64; otherwise returns false. */
bool dsc_seed_number(uint64_t *number, const dsc_seed *seed);

/* The word that keys Philox: a seed below 2^64 itself; for a larger seed the first 64 bits of NumPy's
 * SeedSequence(seed), as in NumPy's Philox. */
uint64_t dsc_seed_key(const dsc_seed *seed);

/* The seed of child `number` of numpy.random.SeedSequence(seed), spawn()[number]: its first 64 bits. */
dsc_seed dsc_seed_spawn(const dsc_seed *seed, uint32_t number);

/* numpy.random.default_rng(seed) */
void dsc_rng_seed_with(dsc_rng *rng, const dsc_seed *seed);

#endif
