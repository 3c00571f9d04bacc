/* SPDX-License-Identifier: MIT */
/* tell.c: reports a search's progress to the listener. */
#include "tune/work.h"

#include "base/clock.h"

/* Epochs of running trials that are not in a result yet. */
static double epochs_on_the_way(const dsc_tune *tune) {
    const dsc_tune_plan *plan = &tune->search.plan;
    double before = tune->rung ? (double)plan->rung[tune->rung - 1].epochs : 0, sum = 0;
    for (size_t i = 0; i < tune->running_count; i++)
        if (tune->running[i].active && tune->running[i].epochs > before)
            sum += tune->running[i].epochs - before;
    return sum;
}

void dsc_tune_tell(dsc_tune *tune, dsc_tune_event_kind kind, size_t trial, const char *message) {
    if (!tune->on_event) return;
    dsc_tune_event event = {.kind = kind,
                            .search = &tune->search,
                            .trial = trial,
                            .rung = tune->rung,
                            .members = tune->member_count,
                            .running = tune->running,
                            .running_count = tune->running_count,
                            .epochs = (double)dsc_tune_epochs_done(&tune->search) + epochs_on_the_way(tune),
                            .epochs_in_all = (double)dsc_tune_plan_epochs(&tune->search.plan),
                            .message = message};
    if (tune->on_event(tune->user, &event)) atomic_store(&tune->stopping, true);
}

void dsc_tune_tell_step(dsc_tune *tune, size_t trial) {
    const double now = dsc_clock();
    if (now - tune->last_told < 0.1) return;
    tune->last_told = now;
    dsc_tune_tell(tune, DSC_TUNE_STEP, trial, NULL);
}
