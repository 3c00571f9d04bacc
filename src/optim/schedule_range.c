/* SPDX-License-Identifier: MIT */
/* schedule_range.c: the learning-rate range test: low (high / low)^(step / (steps - 1)).
 *
 * Smith, "Cyclical learning rates for training neural networks" (2017), with the now usual exponential
 * growth. With a learning rate of 1, low and high are the rates themselves. */
#include "base/elementary.h"
#include "optim/schedule.h"

#include <math.h>

typedef struct range_values {
    double low, high;
} range_values;

static dsc_pace pace(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const range_values *v = values;
    double share = moment->steps > 1 ? (double)moment->step / (double)(moment->steps - 1) : 0;
    if (share > 1) share = 1;
    const double from = dsc_log(v->low), to = dsc_log(v->high);
    return (dsc_pace){.rate = dsc_exp(from + (to - from) * share), .momentum = NAN};
}

static const dsc_param params[] = {
    DSC_REAL(range_values, low, "1e-6", 1e-30, 1e30, "factor of the rate at the start"),
    DSC_REAL(range_values, high, "10", 1e-30, 1e30, "factor of the rate at the end"),
    {0},
};

static const dsc_schedule_example examples[] = {
    {.values = "low=1e-3 high=10", .step = 0, .steps = 101, .rate = 0.001, .momentum = NAN},
    {.values = "low=1e-3 high=10", .step = 25, .steps = 101, .rate = 0.01, .momentum = NAN},
    {.values = "low=1e-3 high=10", .step = 100, .steps = 101, .rate = 10, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_range = {
    .name = "range",
    .help = "rise by the same factor at each step, to find a good rate",
    .params = params,
    .values_size = sizeof(range_values),
    .pace = pace,
    .examples = examples,
};
