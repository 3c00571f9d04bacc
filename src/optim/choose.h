/* SPDX-License-Identifier: MIT */
/* choose.h: an optimiser or a schedule from text: "adam beta1=0.9", "cosine warmup=0.1". */
#ifndef DSC_OPTIM_CHOOSE_H
#define DSC_OPTIM_CHOOSE_H

#include "optim/optimiser.h"
#include "optim/schedule.h"

/* After a failure or a release both members are NULL; a second release is harmless. The caller releases. */
typedef struct dsc_chosen_optimiser {
    const dsc_optimiser_kind *kind;
    void *values; /* of its parameter table */
} dsc_chosen_optimiser;

typedef struct dsc_chosen_schedule {
    const dsc_schedule *kind;
    void *values;
} dsc_chosen_schedule;

/* Parse `text`. DSC_ERROR_ARGUMENT: the message shows the column and suggests a name. NULL counts as an empty
 * text: an error. Any thread. */
dsc_status dsc_optimiser_choose(dsc_chosen_optimiser *chosen, const char *text, dsc_error *error);
void dsc_optimiser_release(dsc_chosen_optimiser *chosen);

dsc_status dsc_schedule_choose(dsc_chosen_schedule *chosen, const char *text, dsc_error *error);
void dsc_schedule_release(dsc_chosen_schedule *chosen);

#endif
