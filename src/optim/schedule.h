/* SPDX-License-Identifier: MIT */
/* schedule.h: the learning rate as a function of the step. Each schedule is one file that defines a
 * descriptor, plus one line in schedules.c. Schedules allocate nothing, cannot fail, and give the same bits
 * on every machine. */
#ifndef DSC_OPTIM_SCHEDULE_H
#define DSC_OPTIM_SCHEDULE_H

#include "base/registry.h"

/* A position in training. After the end of the run a schedule keeps its last value. */
typedef struct dsc_moment {
    uint64_t step, steps; /* current step, from 0; total steps, at least 1 */
    double epoch;         /* epochs completed, with fraction */
    double epochs;        /* total epochs */
} dsc_moment;

/* State of a schedule that listens; zero at the start, saved in checkpoints. All elements are finite. */
typedef struct dsc_schedule_state {
    double number[4];
} dsc_schedule_state;

typedef struct dsc_pace {
    double rate;     /* factor of the learning rate */
    double momentum; /* NaN: the optimiser's own */
} dsc_pace;

/* Expected values from an independent source (tests/golden/optim-examples.py). An epoch has ten steps. */
typedef struct dsc_schedule_example {
    const char *values;   /* "warmup=0.1"; NULL: defaults */
    uint64_t step, steps; /* steps = 0 ends the examples */
    size_t heard;         /* number of losses heard so far, from 2, 1, 1, 0.999, 1.5, 0.5, 0.6, 0.6 */
    double rate, momentum;
} dsc_schedule_example;

typedef struct dsc_schedule {
    const char *name; /* "cosine" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    dsc_pace (*pace)(const void *values, const dsc_moment *moment, const dsc_schedule_state *state);
    /* Called after each epoch with the watched loss (validation if there is one, otherwise training). NULL:
     * does not listen. */
    void (*listen)(const void *values, dsc_schedule_state *state, double loss);
    const dsc_schedule_example *examples; /* at least one */
} dsc_schedule;

extern const dsc_schedule *const dsc_schedules[]; /* NULL-terminated */
extern const dsc_registry dsc_schedule_registry;

#endif
