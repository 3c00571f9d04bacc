/* SPDX-License-Identifier: MIT */
/* optimiser.h: how gradients change parameters. Each optimiser is one file that defines a descriptor, plus
 * one line in optimisers.c. These functions allocate nothing and cannot fail. */
#ifndef DSC_OPTIM_OPTIMISER_H
#define DSC_OPTIM_OPTIMISER_H

#include "base/registry.h"

struct dsc_kernels;

enum { DSC_STATES_MOST = 3 };

/* Ranges of the parameter slab at one step: `rows` ranges of `count` elements, starting `stride` elements
 * apart. The ranges of one step are disjoint, and different threads may update them in any order; the result
 * must not depend on how the slab is divided. */
typedef struct dsc_update {
    const void *values;               /* of the optimiser's parameter table */
    dsc_real *parameters;             /* in and out; start of the first range */
    const dsc_real *gradients;        /* same layout */
    dsc_real *state[DSC_STATES_MOST]; /* same layout; zero before the first step */
    size_t count, rows, stride;
    uint64_t step;        /* 1 at the first */
    double learning_rate; /* current value, including the schedule */
    double weight_decay;  /* first: parameters *= 1 - learning_rate * weight_decay (decoupled); 0: none */
    double momentum;      /* the schedule's, replaces momentum or beta1; ignored if NaN or if that is 0 */
    const struct dsc_kernels *kernels; /* every set gives the same bits */
} dsc_update;

/* Expected results from an independent source (tests/golden/optim-examples.py): an initial weight of 1,
 * gradients 1, -2, 0.5 and 3, learning rate 0.1, weight decay 0.2. */
typedef struct dsc_optimiser_example {
    const char *values;  /* "momentum=0.9"; NULL: defaults */
    size_t states;       /* number of state slabs; more than DSC_STATES_MOST ends the examples */
    double own[4];       /* the weight after each step */
    double scheduled[4]; /* the same with a schedule that sets a momentum of 0.6 */
} dsc_optimiser_example;
enum { DSC_EXAMPLES_END = DSC_STATES_MOST + 1 };

typedef struct dsc_optimiser_kind {
    const char *name; /* "sgd" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    double learning_rate;                 /* the default */
    double weight_decay;                  /* the default */
    size_t (*states)(const void *values); /* number of state slabs */
    void (*update)(const dsc_update *update);
    const dsc_optimiser_example *examples; /* at least one, ended by {.states = DSC_EXAMPLES_END} */
} dsc_optimiser_kind;

extern const dsc_optimiser_kind *const dsc_optimisers[]; /* NULL-terminated */
extern const dsc_registry dsc_optimiser_registry;

/* Transforms a range of gradients before the update, in this order: adds the gradients of the penalties l1
 * |w| and l2 w^2 / 2 (PyTorch's coupled weight decay), clips values to +-clip_value, and multiplies by the
 * factor of clipping by norm. NaN stays NaN. */
typedef struct dsc_regulariser {
    double l1, l2, clip_value; /* 0: none */
    double factor;             /* 1: none */
} dsc_regulariser;
void dsc_regularise(dsc_real *gradients, const dsc_real *parameters, size_t count,
                    const dsc_regulariser *how);

/* The sum of squares of a range, in double, in an order that depends only on `count`; for clipping by
 * norm. */
double dsc_sum_of_squares(const dsc_real *x, size_t count);

/* averages += (1 - decay) (parameters - averages): exponential moving average of weights. In this form an
 * average that equals its parameter stays exact. */
void dsc_average(dsc_real *averages, const dsc_real *parameters, size_t count, double decay);

#endif
