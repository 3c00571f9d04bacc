/* SPDX-License-Identifier: MIT */
/* seed.h: seeds of any size. NumPy takes any whole number from 0 on; so does everything here that has a
 * seed. */
#ifndef DSC_BASE_SEED_H
#define DSC_BASE_SEED_H

#include "base/random.h"
#include "base/text.h"

dsc_seed dsc_seed_of(uint64_t number);

/* Has it 1 to 104 words, the last of several not 0? */
bool dsc_seed_is_whole(const dsc_seed *seed);

/* Reads decimal digits and nothing else: no sign, no space, no point, at most DSC_SEED_DIGITS of them.
 * False: not a seed, and *seed is 0. */
bool dsc_seed_parse(dsc_seed *seed, const char *digits);

/* The seed that a caller gave as digits; as a number, if digits are NULL. Fails with a message that begins
 * "seed: ". */
dsc_status dsc_seed_given(dsc_seed *seed, const char *digits, uint64_t number, dsc_error *error);

/* "seed: expected a whole number ..., found '1e3'" */
dsc_status dsc_seed_refuse(const char *name, const char *found, dsc_error *error);

/* Appends the decimal digits. */
void dsc_seed_format(dsc_text *text, const dsc_seed *seed);

/* True, and the number, if it is below 2^64. */
bool dsc_seed_number(uint64_t *number, const dsc_seed *seed);

/* The word that keys Philox: a seed below 2^64 itself; of a larger one the first 64 bits of NumPy's
 * SeedSequence(seed), which is how NumPy keys its own Philox by a seed. */
uint64_t dsc_seed_key(const dsc_seed *seed);

/* The seed of child `number` of numpy.random.SeedSequence(seed), spawn()[number]: its first 64 bits. */
dsc_seed dsc_seed_spawn(const dsc_seed *seed, uint32_t number);

/* numpy.random.default_rng(seed) */
void dsc_rng_seed_with(dsc_rng *rng, const dsc_seed *seed);

#endif
