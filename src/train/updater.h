/* SPDX-License-Identifier: MIT */
/* updater.h: changes the parameters of a graph by their gradients: regularises, clips, lets the optimiser
 * work, and averages. Training (trainer.h) has one, and so has each loop of somebody's own (optimiser.c). */
#ifndef DSC_TRAIN_UPDATER_H
#define DSC_TRAIN_UPDATER_H

#include "graph/executor.h"
#include "optim/choose.h"
#include "train/length.h"

/* Optimiser and schedule belong to whoever made them, and outlive the updater. */
typedef struct dsc_update_rules {
    const dsc_chosen_optimiser *optimiser;
    const dsc_chosen_schedule *schedule;
    double learning_rate, weight_decay;   /* decoupled */
    double l1, l2, clip_norm, clip_value; /* 0: none */
    double ema;                           /* decay of the average; 0: none is kept */
    uint64_t steps, steps_an_epoch;       /* of the whole run, for the schedule; both at least 1 */
    const dsc_length *length;             /* where each step is in the schedule; NULL: at its number */
    bool gathered;                        /* the gradients are complete when a step begins */
    const struct dsc_kernels *kernels;
} dsc_update_rules;

/* What one job of the update changes: `rows` ranges of the slab, of `count` numbers each, `stride` apart. */
typedef struct dsc_piece {
    size_t begin, count, rows, stride;
    bool decays;
    double rate; /* factor of the learning rate */
} dsc_piece;
typedef struct dsc_pieces {
    dsc_piece *all; /* those in blocks of columns first */
    size_t count, capacity, in_blocks;
} dsc_pieces;

typedef struct dsc_updater {
    dsc_update_rules rules;
    dsc_executor *executor;            /* that made the gradients; its threads do the work */
    dsc_real *values, *gradients;      /* the slabs, see graph.h; not the updater's own */
    size_t numbers, parameter_numbers; /* of the slab; of its part that is learned */
    dsc_real *states[DSC_STATES_MOST]; /* (parameter_numbers) each, zero at first */
    size_t state_count;
    dsc_real *average; /* (numbers), the values at first; NULL without ema */
    dsc_pieces pieces; /* of what is not frozen */
    double *squares;   /* one for each piece */
} dsc_updater;

/* Room for so many numbers, all 0; false: no memory. */
bool dsc_slab_make(dsc_real **slab, size_t numbers);

/* Frozen parameters (dsc_node_freeze) are left alone from here on. `updater` is cleared by dsc_updater_clear,
 * also after a failure, which is one of memory. */
bool dsc_updater_make(dsc_updater *updater, const dsc_graph *graph, dsc_executor *executor, dsc_real *values,
                      dsc_real *gradients, const dsc_update_rules *rules);
void dsc_updater_clear(dsc_updater *updater);

/* The learning rate of step `step`, which counts from 0. */
double dsc_updater_learning_rate(const dsc_updater *updater, uint64_t step, const dsc_schedule_state *state);

/* Step `step`, by the gradients of the executor's last run. Never fails, never allocates. */
void dsc_updater_step(dsc_updater *updater, uint64_t step, const dsc_schedule_state *state);

#endif
