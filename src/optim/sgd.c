/* SPDX-License-Identifier: MIT */
/* sgd.c: stochastic gradient descent with momentum m, learning rate r and weight decay d:
 *
 *   v = m v + g            Polyak, "Some methods of speeding up the convergence of iteration methods" (1964)
 *   w = (1 - r d) w - r v
 *   w = (1 - r d) w - r (g + m v)  with nesterov=on: Nesterov (1983), in the form of Sutskever et al. (2013)
 *
 * As in PyTorch's torch.optim.SGD (dampening 0), the learning rate stays outside the momentum. */
#include "optim/optimiser.h"

typedef struct sgd_values {
    double momentum;
    bool nesterov;
} sgd_values;

typedef struct sgd_numbers {
    dsc_real rate, keep, momentum;
} sgd_numbers;

#define DSC_MULTIVERSION "optim/sgd_loops.h"
#include "kernel/multiversion.h"

typedef void with_momentum(dsc_real *, dsc_real *, const dsc_real *, size_t, const sgd_numbers *);
static void (*const plain[])(dsc_real *, const dsc_real *, size_t,
                             const sgd_numbers *) = DSC_ISA_TABLE(sgd_plain);
static with_momentum *const momentum[] = DSC_ISA_TABLE(sgd_momentum);
static with_momentum *const nesterov[] = DSC_ISA_TABLE(sgd_nesterov);

static size_t states(const void *values) { return ((const sgd_values *)values)->momentum > 0 ? 1 : 0; }

static void update(const dsc_update *u) {
    const sgd_values *values = u->values;
    const double m = isnan(u->momentum) ? values->momentum : u->momentum;
    const sgd_numbers numbers = {.rate = (dsc_real)u->learning_rate,
                                 .keep = (dsc_real)(1 - u->learning_rate * u->weight_decay),
                                 .momentum = (dsc_real)m};
    const unsigned isa = u->kernels->isa;
    for (size_t row = 0, at = 0; row < u->rows; row++, at += u->stride)
        if (!states(values))
            plain[isa](u->parameters + at, u->gradients + at, u->count, &numbers);
        else
            (values->nesterov ? nesterov : momentum)[isa](u->parameters + at, u->state[0] + at,
                                                          u->gradients + at, u->count, &numbers);
}

static const dsc_param params[] = {
    DSC_REAL(sgd_values, momentum, "0", 0, 0.999999, "share of the previous step that is kept"),
    DSC_SWITCH(sgd_values, nesterov, "off", "look ahead along the momentum (Nesterov)"),
    {0},
};

static const dsc_optimiser_example examples[] = {
    {.states = 0,
     .own = {0.88, 1.0624, 0.991152, 0.67132896},
     .scheduled = {0.88, 1.0624, 0.991152, 0.67132896}},
    {.values = "momentum=0.9",
     .states = 1,
     .own = {0.88, 0.9724, 1.001952, 0.72601296},
     .scheduled = {0.88, 1.0024, 1.016352, 0.71642496}},
    {.values = "momentum=0.9 nesterov=on",
     .states = 1,
     .own = {0.79, 1.0732, 1.045836, 0.49460928},
     .scheduled = {0.82, 1.0876, 1.036248, 0.54776304}},
    {.states = DSC_EXAMPLES_END},
};

const dsc_optimiser_kind dsc_optimiser_sgd = {
    .name = "sgd",
    .help = "gradient descent, optionally with momentum",
    .params = params,
    .values_size = sizeof(sgd_values),
    .learning_rate = 0.05,
    .weight_decay = 0,
    .states = states,
    .update = update,
    .examples = examples,
};
