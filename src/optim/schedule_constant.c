/* SPDX-License-Identifier: MIT */
/* schedule_constant.c: a constant learning rate. */
#include "optim/schedule.h"

#include <math.h>

static dsc_pace pace(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)values, (void)moment, (void)state;
    return (dsc_pace){.rate = 1, .momentum = NAN};
}

static const dsc_param params[] = {{0}};

static const dsc_schedule_example examples[] = {
    {.step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.step = 57, .steps = 100, .rate = 1, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_constant = {
    .name = "constant",
    .help = "keep the rate constant",
    .params = params,
    .values_size = 0,
    .pace = pace,
    .examples = examples,
};
