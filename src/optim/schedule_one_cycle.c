/* SPDX-License-Identifier: MIT */
/* schedule_one_cycle.c: one-cycle: the rate rises to its peak and then falls far below its start; the
 * momentum does the opposite.
 *
 * Smith and Topin, "Super-convergence" (2018), with the two phases and the defaults of PyTorch's OneCycleLR.
 * From step 0 to step P = peak * steps - 1 the rate goes from 1 / start to 1; from there to the last step,
 * steps - 1, to 1 / (start * final). The momentum goes from `high` to `low` and back. Both follow half a
 * cosine wave or a line. */
#include "base/elementary.h"
#include "optim/schedule.h"

#include <math.h>

enum { SHAPE_COSINE, SHAPE_LINEAR };

typedef struct one_cycle_values {
    double peak, start, final, low, high;
    int shape;
    bool momentum;
} one_cycle_values;

static double between(int shape, double from, double to, double share) {
    if (shape == SHAPE_LINEAR) return from + (to - from) * share;
    return to + (from - to) * (0.5 + 0.5 * dsc_cos_pi(share));
}

static dsc_pace pace(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)state;
    const one_cycle_values *v = values;
    const double step = (double)moment->step, last = (double)moment->steps - 1;
    double top = v->peak * (double)moment->steps - 1, rate, momentum;
    if (top < 0) top = 0; /* a very short run starts at the peak */
    if (step < top) {
        rate = between(v->shape, 1 / v->start, 1, step / top);
        momentum = between(v->shape, v->high, v->low, step / top);
    } else {
        const double share = step >= last ? (last > top ? 1 : 0) : (step - top) / (last - top);
        rate = between(v->shape, 1, 1 / (v->start * v->final), share);
        momentum = between(v->shape, v->low, v->high, share);
    }
    return (dsc_pace){.rate = rate, .momentum = v->momentum ? momentum : NAN};
}

static const dsc_param params[] = {
    DSC_REAL(one_cycle_values, peak, "0.3", 0, 1, "share of the run during which the rate rises"),
    DSC_REAL(one_cycle_values, start, "25", 1, 1e9, "peak rate divided by the rate at the start"),
    DSC_REAL(one_cycle_values, final, "1e4", 1, 1e12, "rate at the start divided by the rate at the end"),
    DSC_SWITCH(one_cycle_values, momentum, "on", "change the momentum (Adam's beta1) opposite to the rate"),
    DSC_REAL(one_cycle_values, low, "0.85", 0, 0.999999, "momentum at the peak of the rate"),
    DSC_REAL(one_cycle_values, high, "0.95", 0, 0.999999, "momentum at the start and the end"),
    DSC_CHOICE(one_cycle_values, shape, "cosine", "cosine|linear", "shape of the rise and the fall"),
    {0},
};

static const dsc_schedule_example examples[] = {
    {.step = 0, .steps = 100, .rate = 0.04, .momentum = 0.95},
    {.step = 10, .steps = 100, .rate = 0.295163948464, .momentum = 0.923420422035},
    {.step = 29, .steps = 100, .rate = 1, .momentum = 0.85},
    {.step = 70, .steps = 100, .rate = 0.36698410929, .momentum = 0.913301842278},
    {.step = 99, .steps = 100, .rate = 4e-06, .momentum = 0.95},
    {.values = "low=0.7 high=0.9",
     .step = 10,
     .steps = 100,
     .rate = 0.295163948464,
     .momentum = 0.84684084407},
    {.values = "low=0.7 high=0.9",
     .step = 70,
     .steps = 100,
     .rate = 0.36698410929,
     .momentum = 0.826603684557},
    {0},
};

const dsc_schedule dsc_schedule_one_cycle = {
    .name = "one-cycle",
    .help = "rise to a peak, then fall to almost zero; the momentum changes in the opposite direction",
    .params = params,
    .values_size = sizeof(one_cycle_values),
    .pace = pace,
    .examples = examples,
};
