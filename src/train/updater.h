/* SPDX-License-Identifier: MIT */
/* updater.h: updates the parameters of a graph by their gradients: regularises, clips, applies the optimiser
 * and averages. A trainer (trainer.h) has one, and so has each public optimiser (optimiser.c). */
#ifndef DSC_TRAIN_UPDATER_H
#define DSC_TRAIN_UPDATER_H

#include "graph/executor.h"
#include "optim/choose.h"
#include "train/length.h"

/* The caller owns `optimiser` and `schedule`, which must outlive the updater. */
typedef struct dsc_update_rules {
    const dsc_chosen_optimiser *optimiser;
    const dsc_chosen_schedule *schedule;
    double learning_rate, weight_decay;   /* decoupled */
    double l1, l2, clip_norm, clip_value; /* 0: none */
    double ema;                           /* decay of the average; 0: no average */
    uint64_t steps, steps_an_epoch;       /* of the whole run, for the schedule; each at least 1 */
    const dsc_length *length;             /* place of each step in the schedule; NULL: its number */
    bool gathered;                        /* the gradients are complete when a step begins */
    const struct dsc_kernels *kernels;
} dsc_update_rules;

/* One unit of work of the update: `rows` ranges of the slab, each of `count` elements, `stride` apart. */
typedef struct dsc_piece {
    size_t begin, count, rows, stride;
    bool decays;
    double rate; /* factor of the learning rate */
} dsc_piece;
typedef struct dsc_pieces {
    dsc_piece *all; /* those in column blocks first */
    size_t count, capacity, in_blocks;
} dsc_pieces;

typedef struct dsc_updater {
    dsc_update_rules rules;
    dsc_executor *executor;            /* computed the gradients; its threads do the update */
    dsc_real *values, *gradients;      /* slabs (graph.h), owned by the caller */
    size_t numbers, parameter_numbers; /* elements of the slab; of its learned part */
    dsc_real *states[DSC_STATES_MOST]; /* (parameter_numbers) each, initially zero */
    size_t state_count;
    dsc_real *average; /* (numbers), initially the values; NULL without ema */
    dsc_pieces pieces; /* of all that is not frozen */
    double *squares;   /* one per piece */
} dsc_updater;

/* Allocates a slab of `numbers` zeros. Returns false without memory. */
bool dsc_slab_make(dsc_real **slab, size_t numbers);

/* Makes an updater. Parameters that are frozen now (dsc_node_freeze) are never updated. Returns false without
 * memory. Clear with dsc_updater_clear, also after a failure. */
bool dsc_updater_make(dsc_updater *updater, const dsc_graph *graph, dsc_executor *executor, dsc_real *values,
                      dsc_real *gradients, const dsc_update_rules *rules);
void dsc_updater_clear(dsc_updater *updater);

/* The learning rate of step `step`, from 0. */
double dsc_updater_learning_rate(const dsc_updater *updater, uint64_t step, const dsc_schedule_state *state);

/* Performs step `step`, from 0, with the gradients of the executor's last run. Never fails and never
 * allocates. */
void dsc_updater_step(dsc_updater *updater, uint64_t step, const dsc_schedule_state *state);

#endif
