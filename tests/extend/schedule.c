/* SPDX-License-Identifier: MIT */
/* schedule_my_thing.c: the rate falls as 1 / (1 + decay epoch), after Robbins and Monro, "A stochastic
 * approximation method" (1951). */
#include "optim/schedule.h"

#include <math.h>

typedef struct values {
    double decay;
} values;

static dsc_pace pace(const void *of, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const double epoch = moment->step < moment->steps ? moment->epoch : moment->epochs;
    return (dsc_pace){.rate = 1 / (1 + ((const values *)of)->decay * epoch), .momentum = NAN};
}

static const dsc_param params[] = {
    DSC_REAL(values, decay, "0.5", 0, 1e6, "how fast it falls"),
    {0},
};

/* An epoch has ten steps. Compute `rate` with NumPy: tests/golden/optim-examples.py shows how. */
static const dsc_schedule_example examples[] = {
    {.step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.step = 20, .steps = 100, .rate = 0.5, .momentum = NAN},
    {.values = "decay=1", .step = 30, .steps = 100, .rate = 0.25, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_my_thing = {
    .name = "my-thing",
    .help = "falls as 1 / (1 + decay epoch)",
    .params = params,
    .values_size = sizeof(values),
    .pace = pace,
    .examples = examples,
};
