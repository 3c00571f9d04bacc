/* SPDX-License-Identifier: MIT */
/* rmsprop.c: RMSprop, with learning rate r, weight decay d and momentum p:
 *
 *   v = a v + (1 - a) g^2,  c = g / (sqrt(v) + epsilon)
 *   w = (1 - r d) w - r c,  or with momentum  b = p b + c,  w = (1 - r d) w - r b
 *   centered=on: m = a m + (1 - a) g, and v - m^2 instead of v under the root
 *
 * Tieleman and Hinton, "Lecture 6.5: RMSProp" (2012); centred: Graves, "Generating sequences with recurrent
 * neural networks" (2013). Matches PyTorch's torch.optim.RMSprop, except that v - m^2 becomes 0 if rounding
 * makes it negative. */
#include "optim/optimiser.h"
#include "optim/root.h"

typedef struct rmsprop_values {
    double alpha, momentum, epsilon;
    bool centered;
} rmsprop_values;

typedef struct rmsprop_numbers {
    dsc_real rate, keep, alpha, blend, momentum, epsilon;
} rmsprop_numbers;

#define DSC_MULTIVERSION "optim/rmsprop_loops.h"
#include "kernel/multiversion.h"

static void (*const step[])(dsc_real *, dsc_real *, dsc_real *, dsc_real *, const dsc_real *, size_t,
                            const rmsprop_numbers *) = DSC_ISA_TABLE(rmsprop_step);

static size_t states(const void *values) {
    const rmsprop_values *v = values;
    return 1 + (v->momentum > 0 ? 1 : 0) + (v->centered ? 1 : 0);
}

static void update(const dsc_update *u) {
    const rmsprop_values *values = u->values;
    const rmsprop_numbers numbers = {.rate = (dsc_real)u->learning_rate,
                                     .keep = (dsc_real)(1 - u->learning_rate * u->weight_decay),
                                     .alpha = (dsc_real)values->alpha,
                                     .blend = (dsc_real)(1 - values->alpha),
                                     .momentum =
                                         (dsc_real)(isnan(u->momentum) ? values->momentum : u->momentum),
                                     .epsilon = (dsc_real)values->epsilon};
    dsc_real *velocity = values->momentum > 0 ? u->state[1] : NULL;
    dsc_real *mean = values->centered ? u->state[velocity ? 2 : 1] : NULL;
    for (size_t row = 0, at = 0; row < u->rows; row++, at += u->stride)
        step[u->kernels->isa](u->parameters + at, u->state[0] + at, mean ? mean + at : NULL,
                              velocity ? velocity + at : NULL, u->gradients + at, u->count, &numbers);
}

static const dsc_param params[] = {
    DSC_REAL(rmsprop_values, alpha, "0.99", 0, 0.999999, "decay of the mean of the squared gradients"),
    DSC_REAL(rmsprop_values, momentum, "0", 0, 0.999999, "share of the previous step that is kept"),
    DSC_REAL(rmsprop_values, epsilon, "1e-8", 1e-30, 1, "added to the root, to avoid division by 0"),
    DSC_SWITCH(rmsprop_values, centered, "off",
               "scale by the deviation of the gradients instead of their size"),
    {0},
};

static const dsc_optimiser_example examples[] = {
    {.states = 1,
     .own = {-0.0199999, 0.875723019992, 0.638735042951, -0.171895075012},
     .scheduled = {-0.0199999, 0.875723019992, 0.638735042951, -0.171895075012}},
    {.values = "alpha=0.9 epsilon=0.01",
     .states = 1,
     .own = {0.673465699683, 0.941686526534, 0.850665424611, 0.57473040389},
     .scheduled = {0.673465699683, 0.941686526534, 0.850665424611, 0.57473040389}},
    {.values = "alpha=0.9 epsilon=0.01 centered=on momentum=0.5",
     .states = 3,
     .own = {0.657419354839, 0.768164034575, 0.74237592869, 0.456778407555},
     .scheduled = {0.657419354839, 0.735905970058, 0.703797493438, 0.413749739272}},
    {.states = DSC_EXAMPLES_END},
};

const dsc_optimiser_kind dsc_optimiser_rmsprop = {
    .name = "rmsprop",
    .help = "scale each step by a running mean of the squared gradient",
    .params = params,
    .values_size = sizeof(rmsprop_values),
    .learning_rate = 1e-3,
    .weight_decay = 0,
    .states = states,
    .update = update,
    .examples = examples,
};
