/* SPDX-License-Identifier: MIT */
/* rungs.c: the rungs of successive halving, and the ranking of trials. */
#include "tune/rungs.h"

void dsc_tune_plan_make(dsc_tune_plan *plan, size_t trials, uint64_t epochs, unsigned reduction,
                        uint64_t least, size_t fewest) {
    *plan = (dsc_tune_plan){.count = 1};
    if (reduction > 1) {
        size_t n = trials / reduction;
        uint64_t r = epochs / reduction;
        for (; n >= fewest && r >= least && r >= 1 && plan->count < DSC_TUNE_RUNGS_MOST;
             n /= reduction, r /= reduction)
            plan->count++;
    }
    /* Repeated integer division gives floor(x / eta^i), like a single division. */
    for (size_t i = 0; i < plan->count; i++, trials /= reduction) plan->rung[i].trials = trials;
    for (size_t i = plan->count; i-- > 0; epochs /= reduction) plan->rung[i].epochs = epochs;
}

uint64_t dsc_tune_plan_step(const dsc_tune_plan *plan, size_t rung) {
    return plan->rung[rung].epochs - (rung ? plan->rung[rung - 1].epochs : 0);
}

uint64_t dsc_tune_plan_epochs(const dsc_tune_plan *plan) {
    uint64_t sum = 0;
    for (size_t i = 0; i < plan->count; i++) sum += plan->rung[i].trials * dsc_tune_plan_step(plan, i);
    return sum;
}

bool dsc_tune_is_better(const dsc_tune_result *a, size_t a_trial, const dsc_tune_result *b, size_t b_trial) {
    if (a->failed != b->failed) return b->failed;
    if (a->accuracy != b->accuracy) return a->accuracy > b->accuracy;
    if (a->loss != b->loss) return a->loss < b->loss;
    return a_trial < b_trial;
}

/* Heap sort: it needs no memory and, unlike qsort, takes a context. Moves the worst to the end repeatedly. */
static bool is_better(const size_t *a, const size_t *b, const dsc_tune_result *results, size_t stride) {
    return dsc_tune_is_better(&results[*a * stride], *a, &results[*b * stride], *b);
}

static void sink(size_t *trials, size_t root, size_t count, const dsc_tune_result *results, size_t stride) {
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_better(&trials[child], &trials[child + 1], results, stride)) child++;
        if (!is_better(&trials[root], &trials[child], results, stride)) return;
        size_t swap = trials[root];
        trials[root] = trials[child];
        trials[child] = swap;
    }
}

void dsc_tune_rank(size_t *trials, size_t count, const dsc_tune_result *results, size_t stride) {
    for (size_t i = count / 2; i-- > 0;) sink(trials, i, count, results, stride);
    for (size_t end = count; end > 1; end--) {
        size_t swap = trials[0];
        trials[0] = trials[end - 1];
        trials[end - 1] = swap;
        sink(trials, 0, end - 1, results, stride);
    }
}
