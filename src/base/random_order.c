/* SPDX-License-Identifier: MIT */
/* random_order.c: shuffles, permutations, and choice without replacement.
 *
 * Shuffles are Fisher-Yates, from the end. NumPy chooses in one of two ways, which give different numbers: a
 * large part of a large population is the tail of a shuffle that stops early; otherwise it uses Floyd's
 * sampling (Bentley, "Programming Pearls: A Sample of Brilliance", 1987) followed by a shuffle. */
#include "base/random.h"

#include "base/error.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_POPULATION 10000
#define LARGE_PART       50 /* more than one in fifty */

static void swap(int64_t *values, size_t i, size_t j) {
    int64_t kept = values[i];
    values[i] = values[j];
    values[j] = kept;
}

/* The shuffle inside a choice: positions from `first` (at least 1) to the end get their final values. */
static void shuffle_from(dsc_rng *rng, int64_t *values, size_t count, size_t first) {
    for (size_t i = count; i-- > first;) swap(values, i, (size_t)dsc_rng_up_to(rng, i));
}

/* NumPy's own shuffle uses the older method: draw as many bits as `last` has until the value is at most
 * `last`, which is not 0. */
static uint64_t masked_up_to(dsc_rng *rng, uint64_t last) {
    uint64_t mask = last, value;
    for (unsigned shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
    do value = (last <= UINT32_MAX ? dsc_rng_next32(rng) : dsc_rng_next64(rng)) & mask;
    while (value > last);
    return value;
}

void dsc_rng_shuffle(dsc_rng *rng, int64_t *values, size_t count) {
    for (size_t i = count; i-- > 1;) swap(values, i, (size_t)masked_up_to(rng, i));
}

void dsc_rng_permutation(dsc_rng *rng, int64_t *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (int64_t)i;
    dsc_rng_shuffle(rng, out, count);
}

static dsc_status choose_tail(dsc_rng *rng, int64_t *out, size_t count, size_t population, dsc_error *error) {
    int64_t *all = dsc_allocate(population, sizeof *all);
    if (!all) return dsc_fail_memory(error, population * sizeof *all, "a choice");
    for (size_t i = 0; i < population; i++) all[i] = (int64_t)i;
    shuffle_from(rng, all, population, population > count ? population - count : 1);
    memcpy(out, all + (population - count), count * sizeof *out);
    free(all);
    return DSC_OK;
}

/* Adds value + 1 to an open-addressed set of mask + 1 slots; 0 marks an empty slot. Returns false if it
 * exists. */
static bool set_add(uint64_t *set, uint64_t mask, uint64_t value) {
    uint64_t place = value & mask;
    while (set[place] && set[place] != value + 1) place = (place + 1) & mask;
    if (set[place]) return false;
    set[place] = value + 1;
    return true;
}

static dsc_status choose_floyd(dsc_rng *rng, int64_t *out, size_t count, size_t population,
                               dsc_error *error) {
    size_t places = 2;
    while (places / 2 < count) places *= 2;
    uint64_t *set = dsc_allocate(places, sizeof *set);
    if (!set) return dsc_fail_memory(error, places * sizeof *set, "a choice");
    for (size_t i = 0; i < count; i++) {
        /* Any of 0 .. top; if that is taken, then top itself, which cannot be taken. */
        uint64_t top = population - count + i, value = dsc_rng_up_to(rng, top);
        if (!set_add(set, places - 1, value)) {
            value = top;
            (void)set_add(set, places - 1, value);
        }
        out[i] = (int64_t)value;
    }
    free(set);
    shuffle_from(rng, out, count, 1);
    return DSC_OK;
}

dsc_status dsc_rng_choice(dsc_rng *rng, int64_t *out, size_t count, int64_t population, dsc_error *error) {
    if (population < 0 || count > (uint64_t)population)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "cannot choose %zu of %lld without replacement; ask for no more than there are",
                        count, (long long)population);
    size_t all = (size_t)population;
    if (all > LARGE_POPULATION && count > all / LARGE_PART) return choose_tail(rng, out, count, all, error);
    return choose_floyd(rng, out, count, all, error);
}
