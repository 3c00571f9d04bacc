/* SPDX-License-Identifier: MIT */
/* schedule_step.c: multiplies the rate by a factor every `every` epochs: factor^floor(epoch / every),
 * PyTorch's StepLR. */
#include "base/elementary.h"
#include "optim/schedule.h"

#include <math.h>

typedef struct step_values {
    int64_t every;
    double factor;
} step_values;

static dsc_pace pace(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const step_values *v = values;
    const double falls = floor(moment->epoch / (double)v->every);
    return (dsc_pace){.rate = dsc_power(v->factor, falls > 0 ? (uint64_t)falls : 0), .momentum = NAN};
}

static const dsc_param params[] = {
    DSC_INT(step_values, every, "1", 1, 1e9, "epochs between two falls"),
    DSC_REAL(step_values, factor, "0.95", 1e-9, 1, "factor of the rate at each fall"),
    {0},
};

static const dsc_schedule_example examples[] = {
    {.values = "every=3 factor=0.5", .step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.values = "every=3 factor=0.5", .step = 29, .steps = 100, .rate = 1, .momentum = NAN},
    {.values = "every=3 factor=0.5", .step = 30, .steps = 100, .rate = 0.5, .momentum = NAN},
    {.values = "every=3 factor=0.5", .step = 95, .steps = 100, .rate = 0.125, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_step = {
    .name = "step",
    .help = "fall by a factor at regular intervals",
    .params = params,
    .values_size = sizeof(step_values),
    .pace = pace,
    .examples = examples,
};
