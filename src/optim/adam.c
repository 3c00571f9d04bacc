/* SPDX-License-Identifier: MIT */
/* adam.c: Adam and AdamW, at step t from 1, with learning rate r and weight decay d:
 *
 *   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
 *   w = (1 - r d) w - r / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 * Kingma and Ba, "Adam: a method for stochastic optimization" (2015). Decoupled decay: Loshchilov and Hutter,
 * "Decoupled weight decay regularization" (2019). The formulas match PyTorch's torch.optim.AdamW. Adam and
 * AdamW differ here only in their default decay; the decay of PyTorch's Adam, inside the gradient, is the
 * recipe's l2. A schedule's momentum replaces b1, also in the bias correction, as in PyTorch's OneCycleLR. */
#include "base/elementary.h"
#include "optim/optimiser.h"
#include "optim/root.h"

typedef struct adam_values {
    double beta1, beta2, epsilon;
} adam_values;

typedef struct adam_numbers {
    dsc_real rate, keep, blend, beta2, blend2, root, epsilon;
} adam_numbers;

#define DSC_MULTIVERSION "optim/adam_loops.h"
#include "kernel/multiversion.h"

static void (*const step[])(dsc_real *, dsc_real *, dsc_real *, const dsc_real *, size_t,
                            const adam_numbers *) = DSC_ISA_TABLE(adam_step);

static size_t states(const void *values) {
    (void)values;
    return 2;
}

static void update(const dsc_update *u) {
    const adam_values *values = u->values;
    const double beta1 = isnan(u->momentum) ? values->beta1 : u->momentum, beta2 = values->beta2;
    const adam_numbers numbers = {.rate = (dsc_real)(u->learning_rate / (1 - dsc_power(beta1, u->step))),
                                  .keep = (dsc_real)(1 - u->learning_rate * u->weight_decay),
                                  .blend = (dsc_real)(1 - beta1),
                                  .beta2 = (dsc_real)beta2,
                                  .blend2 = (dsc_real)(1 - beta2),
                                  .root = (dsc_real)(1 / sqrt(1 - dsc_power(beta2, u->step))),
                                  .epsilon = (dsc_real)values->epsilon};
    for (size_t row = 0, at = 0; row < u->rows; row++, at += u->stride)
        step[u->kernels->isa](u->parameters + at, u->state[0] + at, u->state[1] + at, u->gradients + at,
                              u->count, &numbers);
}

static const dsc_param params[] = {
    DSC_REAL(adam_values, beta1, "0.9", 0, 0.999999, "decay of the mean of the gradients"),
    DSC_REAL(adam_values, beta2, "0.999", 0, 0.999999, "decay of the mean of the squared gradients"),
    DSC_REAL(adam_values, epsilon, "1e-8", 1e-30, 1, "added to the root, to avoid division by 0"),
    {0},
};

static const dsc_optimiser_example examples[] = {
    {.states = 2,
     .own = {0.880000001, 0.899010353452, 0.894699212585, 0.837395239094},
     .scheduled = {0.880000001, 0.917731556421, 0.912490916961, 0.826188222856}},
    {.values = "beta1=0.8 beta2=0.99 epsilon=0.01",
     .states = 2,
     .own = {0.88099009901, 0.905206382521, 0.901256694812, 0.836408924452},
     .scheduled = {0.88099009901, 0.918280159237, 0.912938650302, 0.827201503403}},
    {.states = DSC_EXAMPLES_END},
};

const dsc_optimiser_kind dsc_optimiser_adam = {
    .name = "adam",
    .help = "scale each step by running means of the gradient and its square",
    .params = params,
    .values_size = sizeof(adam_values),
    .learning_rate = 1e-3,
    .weight_decay = 0,
    .states = states,
    .update = update,
    .examples = examples,
};

const dsc_optimiser_kind dsc_optimiser_adamw = {
    .name = "adamw",
    .help = "adam with decoupled weight decay",
    .params = params,
    .values_size = sizeof(adam_values),
    .learning_rate = 1e-3,
    .weight_decay = 0.01,
    .states = states,
    .update = update,
    .examples = examples, /* the same decay, so the same numbers */
};
