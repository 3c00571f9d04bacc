/* SPDX-License-Identifier: MIT */
/* schedules.c: the registry. A new schedule is one file in this folder and one line here. */
#include "optim/schedule.h"

#include <string.h>

extern const dsc_schedule dsc_schedule_constant, dsc_schedule_step, dsc_schedule_linear, dsc_schedule_cosine,
    dsc_schedule_one_cycle, dsc_schedule_plateau, dsc_schedule_range;

const dsc_schedule *const dsc_schedules[] = {
    &dsc_schedule_constant,  &dsc_schedule_step,    &dsc_schedule_linear, &dsc_schedule_cosine,
    &dsc_schedule_one_cycle, &dsc_schedule_plateau, &dsc_schedule_range,  NULL,
};

const dsc_schedule *dsc_schedule_find(const char *name) {
    for (const dsc_schedule *const *schedule = dsc_schedules; *schedule; schedule++)
        if (!strcmp((*schedule)->name, name)) return *schedule;
    return NULL;
}
