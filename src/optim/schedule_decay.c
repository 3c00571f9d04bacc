/* SPDX-License-Identifier: MIT */
/* schedule_decay.c: linear and cosine decay after a linear warm-up.
 *
 * With W = warmup * steps: (step + 1) / (W + 1) while step < W, so the first rate is not 0; then, with u =
 * (step - W) / (steps - W),
 *
 *   linear: final + (1 - final) (1 - u)
 *   cosine: final + (1 - final) (1 + cos(pi u)) / 2
 *
 * Cosine: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), without
 * restarts. Warm-up: Goyal et al., "Accurate, large minibatch SGD" (2017). */
#include "base/elementary.h"
#include "optim/schedule.h"

#include <math.h>

typedef struct decay_values {
    double warmup, final;
} decay_values;

/* Returns the warm-up rate. After the warm-up, sets *fall to u >= 0 instead. */
static double warming(double *fall, const decay_values *v, const dsc_moment *moment) {
    const double step = (double)moment->step, steps = (double)moment->steps, warm = v->warmup * steps;
    *fall = -1;
    if (step < warm) return (step + 1) / (warm + 1);
    *fall = step < steps ? (step - warm) / (steps - warm) : 1;
    return 1;
}

static dsc_pace linear(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const decay_values *v = values;
    double u, rate = warming(&u, v, moment);
    if (u >= 0) rate = v->final + (1 - v->final) * (1 - u);
    return (dsc_pace){.rate = rate, .momentum = NAN};
}

static dsc_pace cosine(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const decay_values *v = values;
    double u, rate = warming(&u, v, moment);
    if (u >= 0) rate = v->final + (1 - v->final) * (0.5 + 0.5 * dsc_cos_pi(u));
    return (dsc_pace){.rate = rate, .momentum = NAN};
}

static const dsc_param params[] = {
    DSC_REAL(decay_values, warmup, "0", 0, 1, "share of the run during which the rate rises"),
    DSC_REAL(decay_values, final, "0", 0, 1, "share of the rate that remains at the end"),
    {0},
};

static const dsc_schedule_example linear_examples[] = {
    {.step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.step = 25, .steps = 100, .rate = 0.75, .momentum = NAN},
    {.step = 100, .steps = 100, .rate = 0, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 0, .steps = 100, .rate = 0.047619047619, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 7, .steps = 100, .rate = 0.380952380952, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 20, .steps = 100, .rate = 1, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 64, .steps = 100, .rate = 0.505, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_linear = {
    .name = "linear",
    .help = "fall linearly to the end of the run",
    .params = params,
    .values_size = sizeof(decay_values),
    .pace = linear,
    .examples = linear_examples,
};

static const dsc_schedule_example cosine_examples[] = {
    {.step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.step = 25, .steps = 100, .rate = 0.853553390593, .momentum = NAN},
    {.step = 100, .steps = 100, .rate = 0, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 0, .steps = 100, .rate = 0.047619047619, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 7, .steps = 100, .rate = 0.380952380952, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 20, .steps = 100, .rate = 1, .momentum = NAN},
    {.values = "warmup=0.2 final=0.1", .step = 64, .steps = 100, .rate = 0.479604490732, .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_cosine = {
    .name = "cosine",
    .help = "fall along half a cosine wave to the end of the run",
    .params = params,
    .values_size = sizeof(decay_values),
    .pace = cosine,
    .examples = cosine_examples,
};
