/* SPDX-License-Identifier: MIT */
/* schedule.h: the learning rate from step to step. One file a schedule, which ends in one descriptor, and one
 * line in schedules.c. */
#ifndef DSC_OPTIM_SCHEDULE_H
#define DSC_OPTIM_SCHEDULE_H

#include "base/registry.h"

/* Where training stands. Behind the run's end a schedule stays where it ended. */
typedef struct dsc_moment {
    uint64_t step, steps; /* this one, from 0; all of the run, at least 1 */
    double epoch;         /* epochs done, with their fraction */
    double epochs;        /* all of the run */
} dsc_moment;

/* What a schedule that listens remembers; saved in checkpoints, zero at the start. All are finite. */
typedef struct dsc_schedule_state {
    double number[4];
} dsc_schedule_state;

typedef struct dsc_pace {
    double rate;     /* to be multiplied with the learning rate */
    double momentum; /* NaN: the optimiser's own */
} dsc_pace;

/* A moment worked out by other means (tests/golden/optim-examples.py). An epoch has ten steps. */
typedef struct dsc_schedule_example {
    const char *values;   /* "warmup=0.1"; NULL: its own */
    uint64_t step, steps; /* steps of 0 ends the examples */
    size_t heard;         /* it has listened to so many of the losses 2, 1, 1, 0.999, 1.5, 0.5, 0.6, 0.6 */
    double rate, momentum;
} dsc_schedule_example;

typedef struct dsc_schedule {
    const char *name; /* "cosine" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    dsc_pace (*pace)(const void *values, const dsc_moment *moment, const dsc_schedule_state *state);
    /* After each epoch, with the loss that is watched (validation's, else training's); NULL: does not
     * listen. */
    void (*listen)(const void *values, dsc_schedule_state *state, double loss);
    const dsc_schedule_example *examples; /* at least one */
} dsc_schedule;

/* Results have the same bits on every machine. */
extern const dsc_schedule *const dsc_schedules[]; /* NULL ends them */
extern const dsc_registry dsc_schedule_registry;

#endif
