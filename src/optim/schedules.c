/* SPDX-License-Identifier: MIT */
/* schedules.c: the registry of schedules. A new schedule is one file in this folder and one line here. */
#include "optim/schedule.h"

#define DSC_SCHEDULES(SCHEDULE)                                                                              \
    SCHEDULE(constant)                                                                                       \
    SCHEDULE(step)                                                                                           \
    SCHEDULE(linear)                                                                                         \
    SCHEDULE(cosine)                                                                                         \
    SCHEDULE(one_cycle)                                                                                      \
    SCHEDULE(plateau)                                                                                        \
    SCHEDULE(range)

#define DECLARE(name) extern const dsc_schedule dsc_schedule_##name;
DSC_SCHEDULES(DECLARE)

#define ENTRY(name) &dsc_schedule_##name,
const dsc_schedule *const dsc_schedules[] = {DSC_SCHEDULES(ENTRY) NULL};
DSC_BEGINS_AS_ROW(dsc_schedule, params);

const dsc_registry dsc_schedule_registry = {
    .thing = "schedule",
    .things = "schedules",
    .about = "Schedules, which set the learning rate of each step, as in --schedule 'cosine warmup=0.1'.",
    .rows = dsc_schedules,
};
