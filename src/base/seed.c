/* SPDX-License-Identifier: MIT */
/* seed.c: converts between decimal digits and the 32-bit words, lowest first, that SeedSequence mixes. */
#include "base/seed.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { BILLION = 1000000000, BILLION_DIGITS = 9 };

dsc_seed dsc_seed_of(uint64_t number) {
    const uint32_t high = (uint32_t)(number >> 32);
    return (dsc_seed){.count = high ? 2 : 1, .words = {(uint32_t)number, high}};
}

bool dsc_seed_is_whole(const dsc_seed *seed) {
    const size_t most = sizeof seed->words / sizeof *seed->words;
    return seed->count >= 1 && seed->count <= most && (seed->count == 1 || seed->words[seed->count - 1]);
}

/* seed = seed * factor + more */
static void multiply_add(dsc_seed *seed, uint32_t factor, uint32_t more) {
    uint64_t carry = more;
    for (uint32_t i = 0; i < seed->count; i++) {
        carry += (uint64_t)seed->words[i] * factor;
        seed->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) seed->words[seed->count++] = (uint32_t)carry;
}

bool dsc_seed_parse(dsc_seed *seed, const char *digits) {
    const size_t length = strspn(digits, "0123456789");
    *seed = dsc_seed_of(0);
    if (!length || digits[length] || length > DSC_SEED_DIGITS) return false;
    for (size_t i = 0; i < length; i++) multiply_add(seed, 10, (uint32_t)(digits[i] - '0'));
    return true;
}

dsc_status dsc_seed_refuse(const char *name, const char *found, dsc_error *error) {
    enum { SHOWN = 60 };
    const size_t length = strlen(found);
    return dsc_fail(
        error, DSC_ERROR_ARGUMENT,
        "%s: expected a whole number of 0 or more with at most %d decimal digits, found '%.60s%s'", name,
        DSC_SEED_DIGITS, found, length > SHOWN ? "..." : "");
}

dsc_status dsc_seed_given(dsc_seed *seed, const char *digits, uint64_t number, dsc_error *error) {
    *seed = dsc_seed_of(number);
    if (!digits || dsc_seed_parse(seed, digits)) return DSC_OK;
    return dsc_seed_refuse("seed", digits, error);
}

/* Divides by 10^9 and returns the remainder. */
static uint32_t divide(dsc_seed *seed) {
    uint64_t rest = 0;
    for (uint32_t i = seed->count; i-- > 0;) {
        rest = rest << 32 | seed->words[i];
        seed->words[i] = (uint32_t)(rest / BILLION);
        rest %= BILLION;
    }
    while (seed->count > 1 && !seed->words[seed->count - 1]) seed->count--;
    return (uint32_t)rest;
}

void dsc_seed_format(dsc_text *text, const dsc_seed *seed) {
    uint32_t parts[DSC_SEED_DIGITS / BILLION_DIGITS + 2];
    size_t count = 0;
    dsc_seed rest = *seed;
    do parts[count++] = divide(&rest);
    while (rest.count > 1 || rest.words[0]);
    dsc_text_append(text, "%u", parts[--count]);
    while (count > 0) dsc_text_append(text, "%09u", parts[--count]);
}

bool dsc_seed_number(uint64_t *number, const dsc_seed *seed) {
    *number = (uint64_t)seed->words[1] << 32 | seed->words[0];
    return seed->count <= 2;
}

static dsc_seed_sequence sequence_of(const dsc_seed *seed) {
    return (dsc_seed_sequence){.entropy = seed->words, .entropy_words = seed->count};
}

uint64_t dsc_seed_key(const dsc_seed *seed) {
    uint64_t number;
    uint32_t state[2];
    if (dsc_seed_number(&number, seed)) return number;
    const dsc_seed_sequence sequence = sequence_of(seed);
    dsc_seed_sequence_generate(state, 2, &sequence);
    return (uint64_t)state[1] << 32 | state[0];
}

dsc_seed dsc_seed_spawn(const dsc_seed *seed, uint32_t number) {
    uint32_t state[2];
    dsc_seed_sequence sequence = sequence_of(seed);
    sequence.spawn_key = &number;
    sequence.spawn_words = 1;
    dsc_seed_sequence_generate(state, 2, &sequence);
    return dsc_seed_of((uint64_t)state[1] << 32 | state[0]);
}

void dsc_rng_seed_with(dsc_rng *rng, const dsc_seed *seed) {
    const dsc_seed_sequence sequence = sequence_of(seed);
    dsc_rng_seed_sequence(rng, &sequence);
}
