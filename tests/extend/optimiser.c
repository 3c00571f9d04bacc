/* SPDX-License-Identifier: MIT */
/* my_thing.c: steps along the mean gradient, with learning rate r and weight decay d. Source: none, it is an
 * example.
 *
 *   m = b m + (1 - b) g,  w = (1 - r d) w - r m
 *
 * A schedule's momentum replaces b. */
#include "optim/optimiser.h"

#include "kernel/loop.h"

#include <math.h>

typedef struct values {
    double beta;
} values;

DSC_LOOP(step,
         (dsc_real * w, dsc_real *m, const dsc_real *g, size_t count, dsc_real rate, dsc_real keep,
          dsc_real beta, dsc_real blend),
         {
             for (size_t i = 0; i < count; i++) {
                 m[i] = beta * m[i] + blend * g[i];
                 w[i] = keep * w[i] - rate * m[i];
             }
         })

static size_t states(const void *of) {
    (void)of;
    return 1;
}

static void update(const dsc_update *u) {
    const double beta = isnan(u->momentum) ? ((const values *)u->values)->beta : u->momentum;
    for (size_t row = 0, at = 0; row < u->rows; row++, at += u->stride)
        step[u->kernels->isa](u->parameters + at, u->state[0] + at, u->gradients + at, u->count,
                              (dsc_real)u->learning_rate, (dsc_real)(1 - u->learning_rate * u->weight_decay),
                              (dsc_real)beta, (dsc_real)(1 - beta));
}

static const dsc_param params[] = {
    DSC_REAL(values, beta, "0.9", 0, 0.999999, "decay of the mean of the gradients"),
    {0},
};

/* The weight after each of four steps, computed with NumPy: tests/golden/optim-examples.py shows how. */
static const dsc_optimiser_example examples[] = {
    {.states = 1,
     .own = {0.97, 0.9616, 0.947268, 0.90273264},
     .scheduled = {0.94, 0.9772, 0.971256, 0.83999088}},
    {.states = DSC_EXAMPLES_END},
};

const dsc_optimiser_kind dsc_optimiser_my_thing = {
    .name = "my-thing",
    .help = "steps along the gradients' mean",
    .params = params,
    .values_size = sizeof(values),
    .learning_rate = 0.1,
    .weight_decay = 0,
    .states = states,
    .update = update,
    .examples = examples,
};
