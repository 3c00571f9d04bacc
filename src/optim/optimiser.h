/* SPDX-License-Identifier: MIT */
/* optimiser.h: how gradients change parameters. One file an optimiser, which ends in one descriptor, and one
 * line in optimisers.c. */
#ifndef DSC_OPTIM_OPTIMISER_H
#define DSC_OPTIM_OPTIMISER_H

#include <descender.h>

struct dsc_kernels;

enum { DSC_STATES_MOST = 3 };

/* One range of the slab of parameters, at one step. Ranges of one step are disjoint and may be updated by
 * different threads in any order; the result must not depend on how the slab is cut. */
typedef struct dsc_update {
    const void *values;               /* of the optimiser's parameter table */
    dsc_real *parameters;             /* (count) to be changed */
    const dsc_real *gradients;        /* (count) */
    dsc_real *state[DSC_STATES_MOST]; /* (count) each, zero before the first step */
    size_t count;
    uint64_t step;        /* 1 at the first */
    double learning_rate; /* now, the schedule's say included */
    double
        weight_decay; /* decoupled: parameters -= learning_rate * weight_decay * parameters; 0 where none */
    double momentum;  /* the schedule's say (one-cycle); NaN: the optimiser's own */
    const struct dsc_kernels *kernels;
} dsc_update;

typedef struct dsc_optimiser {
    const char *name; /* "sgd" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    double learning_rate;                 /* the default */
    double weight_decay;                  /* the default */
    size_t (*states)(const void *values); /* how many slabs of state */
    void (*update)(const dsc_update *update);
} dsc_optimiser;

extern const dsc_optimiser *const dsc_optimisers[];
const dsc_optimiser *dsc_optimiser_find(const char *name);

/* What is done to gradients before the update, on a range: L1 and L2 terms, clipping by value, and the factor of
 * clipping by norm (1: none). */
typedef struct dsc_regulariser {
    double l1, l2, clip_value; /* 0: none */
    double factor;
} dsc_regulariser;
void dsc_regularise(dsc_real *gradients, const dsc_real *parameters, size_t count,
                    const dsc_regulariser *how);

/* The sum of squares of a range, in double, in an order fixed by `count`: for clipping by norm. */
double dsc_sum_of_squares(const dsc_real *x, size_t count);

/* averages = decay averages + (1 - decay) parameters: exponential moving average of weights. */
void dsc_average(dsc_real *averages, const dsc_real *parameters, size_t count, double decay);

#endif
