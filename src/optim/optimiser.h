/* SPDX-License-Identifier: MIT */
/* optimiser.h: how gradients change parameters. One file an optimiser, which ends in one descriptor, and one
 * line in optimisers.c. */
#ifndef DSC_OPTIM_OPTIMISER_H
#define DSC_OPTIM_OPTIMISER_H

#include "base/registry.h"

struct dsc_kernels;

enum { DSC_STATES_MOST = 3 };

/* Some ranges of the slab of parameters, at one step: `rows` of them, of `count` numbers each, the next
 * `stride` numbers behind the start of the one before. Those of one step are disjoint and may be updated by
 * different threads in any order; the result must not depend on how the slab is cut. */
typedef struct dsc_update {
    const void *values;               /* of the optimiser's parameter table */
    dsc_real *parameters;             /* to be changed; here the first range starts */
    const dsc_real *gradients;        /* laid out as they are */
    dsc_real *state[DSC_STATES_MOST]; /* likewise; zero before the first step */
    size_t count, rows, stride;
    uint64_t step;        /* 1 at the first */
    double learning_rate; /* now, the schedule's say included */
    double weight_decay;  /* decoupled: parameters *= 1 - learning_rate * weight_decay, first; 0 where none */
    double momentum;      /* by the schedule (one-cycle), replaces momentum, or Adam's beta1. NaN keeps the
                      * optimiser's own; an own momentum of 0 stays 0, for it has no state. */
    const struct dsc_kernels *kernels; /* every set gives the same bits */
} dsc_update;

/* An optimiser at work, worked out by other means (tests/golden/optim-examples.py): a weight of 1, gradients
 * of 1, -2, 0.5 and 3 in turn, a learning rate of 0.1, a weight decay of 0.2. */
typedef struct dsc_optimiser_example {
    const char *values;  /* "momentum=0.9"; NULL: its own */
    size_t states;       /* how many slabs of state; more than the most ends the examples */
    double own[4];       /* the weight after each step */
    double scheduled[4]; /* the same where a schedule says a momentum of 0.6 */
} dsc_optimiser_example;
enum { DSC_EXAMPLES_END = DSC_STATES_MOST + 1 };

typedef struct dsc_optimiser_kind {
    const char *name; /* "sgd" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    double learning_rate;                 /* the default */
    double weight_decay;                  /* the default */
    size_t (*states)(const void *values); /* how many slabs of state */
    void (*update)(const dsc_update *update);
    const dsc_optimiser_example *examples; /* at least one; {.states = DSC_EXAMPLES_END} ends them */
} dsc_optimiser_kind;

extern const dsc_optimiser_kind *const dsc_optimisers[]; /* NULL ends them */
extern const dsc_registry dsc_optimiser_registry;

/* What is done to gradients before the update, on a range, in this order: the gradients of the penalties l1
 * |w| and l2 w^2 / 2 are added (PyTorch's coupled weight decay), values are clipped to +-clip_value, and all
 * is multiplied with the factor of clipping by norm. NaN stays NaN. */
typedef struct dsc_regulariser {
    double l1, l2, clip_value; /* 0: none */
    double factor;             /* 1: none */
} dsc_regulariser;
void dsc_regularise(dsc_real *gradients, const dsc_real *parameters, size_t count,
                    const dsc_regulariser *how);

/* The sum of squares of a range, in double, in an order fixed by `count`: for clipping by norm. */
double dsc_sum_of_squares(const dsc_real *x, size_t count);

/* averages += (1 - decay) (parameters - averages): exponential moving average of weights, in the form that
 * leaves an average alone that has arrived. */
void dsc_average(dsc_real *averages, const dsc_real *parameters, size_t count, double decay);

#endif
