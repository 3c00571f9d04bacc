/* SPDX-License-Identifier: MIT */
/* space_sample.c: draws the values of a trial: one uniform number for each dimension, in order, from Philox
 * at (seed, trial, attempt). Uses dsc_exp and dsc_log, so that every machine draws the same values. */
#include "tune/space.h"

#include "base/elementary.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 200 }; /* to draw values that no earlier trial has */

static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

/* The point at fraction `share` of the range, on a logarithmic scale if requested. */
static double between(const dsc_tune_dimension *d, double low, double high, double share) {
    if (!d->logarithmic) return low + share * (high - low);
    double from = dsc_log(low);
    return dsc_exp(from + share * (dsc_log(high) - from));
}

/* Rounds to four significant digits. */
static double round_off(double value) {
    char text[40];
    double rounded;
    return dsc_parse_real(&rounded, dsc_format_scientific(text, sizeof text, value, 3)) ? rounded : value;
}

static double draw_number(const dsc_tune_dimension *d, double share) {
    /* Each integer n has its own interval [n, n + 1). */
    double value = d->whole ? floor(between(d, d->low, d->high + 1, share))
                            : round_off(between(d, d->low, d->high, share));
    return clamp(value, d->low, d->high);
}

/* The random numbers of one attempt of a trial. */
static dsc_rng stream_of(uint64_t seed, uint64_t trial, uint64_t attempt) {
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_TUNE},
                   (const uint64_t[4]){0, trial, attempt, 0});
    return rng;
}

void dsc_tune_sample(dsc_tune_value *values, const dsc_tune_space *space, uint64_t seed, uint64_t trial,
                     uint64_t attempt) {
    dsc_rng rng = stream_of(seed, trial, attempt);
    for (size_t i = 0; i < space->count; i++) {
        const dsc_tune_dimension *d = &space->dimensions[i];
        double share = dsc_rng_random(&rng);
        values[i] = (dsc_tune_value){0};
        if (d->range)
            values[i].number = draw_number(d, share);
        else
            values[i].choice = (size_t)(share * (double)d->choice_count);
    }
}

/* --- all trials, no two alike --- */

static size_t steps_of(const dsc_tune_dimension *d, size_t most) {
    if (!d->range) return d->choice_count;
    double steps = d->whole ? d->high - d->low + 1 : INFINITY;
    return steps <= (double)most ? (size_t)steps : most + 1;
}

size_t dsc_tune_combinations(const dsc_tune_space *space, size_t most) {
    size_t count = 1;
    for (size_t i = 0; i < space->count && count <= most; i++) {
        size_t steps = steps_of(&space->dimensions[i], most);
        count = steps > most / count ? most + 1 : count * steps;
    }
    return count;
}

/* Combination number `place`; the last dimension changes fastest. */
static void take_combination(dsc_tune_value *values, const dsc_tune_space *space, size_t place) {
    for (size_t i = space->count; i-- > 0;) {
        const dsc_tune_dimension *d = &space->dimensions[i];
        size_t steps = steps_of(d, SIZE_MAX / 2), at = place % steps;
        values[i] = (dsc_tune_value){0};
        if (d->range)
            values[i].number = d->low + (double)at;
        else
            values[i].choice = at;
        place /= steps;
    }
}

static dsc_status take_all(dsc_tune_value *values, size_t *trials, const dsc_tune_space *space, uint64_t seed,
                           dsc_tune_is_wanted *is_wanted, void *user, dsc_error *error) {
    const size_t count = *trials;
    dsc_status status = DSC_OK;
    int64_t *order = dsc_allocate(count, sizeof *order);
    if (!order) return dsc_fail_memory(error, count * sizeof *order, "the trials");
    dsc_rng rng = stream_of(seed, 0, 0);
    dsc_rng_permutation(&rng, order, count);
    *trials = 0;
    for (size_t i = 0; !status && i < count; i++) {
        bool wanted = true;
        take_combination(values + *trials * space->count, space, (size_t)order[i]);
        if (is_wanted) status = is_wanted(user, &wanted, *trials, i, error);
        *trials += wanted;
    }
    free(order);
    return status;
}

static bool is_new(const dsc_tune_value *values, size_t trial, size_t count) {
    const dsc_tune_value *found = values + trial * count;
    for (size_t before = 0; before < trial; before++) {
        const dsc_tune_value *other = values + before * count;
        size_t i = 0;
        while (i < count && found[i].choice == other[i].choice && found[i].number == other[i].number) i++;
        if (i == count) return false;
    }
    return true;
}

dsc_status dsc_tune_sample_all(dsc_tune_value *values, size_t *trials, bool *grid,
                               const dsc_tune_space *space, uint64_t seed, dsc_tune_is_wanted *is_wanted,
                               void *user, dsc_error *error) {
    size_t combinations = dsc_tune_combinations(space, *trials);
    *grid = combinations <= *trials;
    if (*grid) {
        *trials = combinations;
        return take_all(values, trials, space, seed, is_wanted, user, error);
    }
    for (size_t trial = 0; trial < *trials; trial++) {
        bool found = false;
        for (uint64_t attempt = 0; !found && attempt < ATTEMPTS; attempt++) {
            dsc_tune_sample(values + trial * space->count, space, seed, trial, attempt);
            found = is_new(values, trial, space->count);
            if (!found || !is_wanted) continue;
            dsc_status status = is_wanted(user, &found, trial, attempt, error);
            if (status) return status;
        }
        if (!found) *trials = trial; /* probably all combinations are found */
    }
    return DSC_OK;
}

const char *dsc_tune_value_text(char out[40], const dsc_tune_dimension *d, const dsc_tune_value *value) {
    if (!d->range) return d->choices[value->choice];
    if (d->whole) return dsc_format_fixed(out, 40, value->number, 0);
    dsc_format_shortest(out, value->number);
    size_t length = strlen(out);
    if (length > 2 && !strcmp(out + length - 2, ".0")) out[length - 2] = '\0';
    return out;
}

void dsc_tune_values_format(dsc_text *text, const dsc_tune_space *space, const dsc_tune_value *values) {
    char number[40];
    for (size_t i = 0; i < space->count; i++)
        dsc_text_append(text, "%s%s=%s", i ? "  " : "", space->dimensions[i].name,
                        dsc_tune_value_text(number, &space->dimensions[i], &values[i]));
}
