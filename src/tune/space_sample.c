/* SPDX-License-Identifier: MIT */
/* space_sample.c: drawing the values of a trial: one uniform number for each dimension, in their order, from
 * Philox at (seed, trial). With our own exp and log, so that every machine draws the same. */
#include "tune/space.h"

#include "base/elementary.h"
#include "base/random.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

/* The point at `share` of the way, on a logarithmic scale if that is asked for. */
static double between(const dsc_tune_dimension *d, double low, double high, double share) {
    if (!d->logarithmic) return low + share * (high - low);
    double from = dsc_log(low);
    return dsc_exp(from + share * (dsc_log(high) - from));
}

/* To four significant digits. */
static double round_off(double value) {
    char text[40];
    double rounded;
    return dsc_parse_real(&rounded, dsc_format_scientific(text, sizeof text, value, 3)) ? rounded : value;
}

static double draw_number(const dsc_tune_dimension *d, double share) {
    /* Of whole numbers each has its own stretch, [n, n + 1). */
    double value = d->whole ? floor(between(d, d->low, d->high + 1, share))
                            : round_off(between(d, d->low, d->high, share));
    return clamp(value, d->low, d->high);
}

void dsc_tune_sample(dsc_tune_value *values, const dsc_tune_space *space, uint64_t seed, uint64_t trial) {
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_TUNE}, (const uint64_t[4]){0, trial, 0, 0});
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
