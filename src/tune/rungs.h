/* SPDX-License-Identifier: MIT */
/* rungs.h: synchronous successive halving, as in a bracket of Hyperband (Li et al., "Hyperband: a novel
 * bandit-based approach to hyperparameter optimization", JMLR 2018, algorithm 1).
 *
 * All N trials train for a few epochs; the best 1/eta of them continue to eta times as many, and so on, until
 * those of the last rung have all R epochs. Let s be the largest number for which N / eta^s is at least one
 * trial (four with a budget: budget.h) and R / eta^s is at least `least` epochs. Rung i of 0 .. s has floor(N
 * / eta^i) trials and ends after floor(R / eta^(s - i)) epochs. Trials continue from their previous state, so
 * a rung costs only the additional epochs. eta = 1 is random search: a single rung with all trials and all
 * epochs.
 *
 * Nothing here allocates or fails. */
#ifndef DSC_TUNE_RUNGS_H
#define DSC_TUNE_RUNGS_H

#include <descender.h>

enum { DSC_TUNE_RUNGS_MOST = 24, DSC_TUNE_TRIALS_MOST = 10000, DSC_TUNE_REDUCTION_MOST = 100 };

typedef struct dsc_tune_rung {
    size_t trials;   /* most trials that reach the rung: failed trials are not replaced */
    uint64_t epochs; /* total epochs of a trial at the end of the rung */
} dsc_tune_rung;

typedef struct dsc_tune_plan {
    size_t count;
    dsc_tune_rung rung[DSC_TUNE_RUNGS_MOST];
} dsc_tune_plan;

/* trials 1 to 10,000; reduction (eta) 1 to 100; 1 <= least <= epochs; later rungs have at least `fewest` >= 1
 * trials. */
void dsc_tune_plan_make(dsc_tune_plan *plan, size_t trials, uint64_t epochs, unsigned reduction,
                        uint64_t least, size_t fewest);

/* Epochs that a trial runs between the previous rung and the end of this one. */
uint64_t dsc_tune_plan_step(const dsc_tune_plan *plan, size_t rung);

/* Total epochs of all trials. */
uint64_t dsc_tune_plan_epochs(const dsc_tune_plan *plan);

/* The result of a trial in a rung. */
typedef struct dsc_tune_result {
    bool done;
    bool failed;           /* it diverged or cannot be trained; the numbers are 0 */
    double accuracy, loss; /* on the held-out samples */
    double seconds;        /* of training since its start; informational */
} dsc_tune_result;

/* Whether trial `a` is better than trial `b`: higher accuracy, then lower loss, then lower number. Failed
 * trials come last. */
bool dsc_tune_is_better(const dsc_tune_result *a, size_t a_trial, const dsc_tune_result *b, size_t b_trial);

/* Sorts `trials` (count), whose results in this rung are results[trial * stride], from best to worst. */
void dsc_tune_rank(size_t *trials, size_t count, const dsc_tune_result *results, size_t stride);

#endif
