/* SPDX-License-Identifier: MIT */
/*
 * rungs.h: synchronous successive halving, as a bracket of Hyperband has it (Li et al., "Hyperband: a novel
 * bandit-based approach to hyperparameter optimization", JMLR 2018, algorithm 1).
 *
 * All N trials train for a few epochs; the best 1/eta of them go on to eta times as many, and so on, until
 * those of the last rung have the whole R epochs. With s the largest number for which N / eta^s is at least
 * one trial (of a search with a budget four: budget.h) and R / eta^s at least `least` epochs, rung i of
 * 0 .. s has floor(N / eta^i) trials and ends after floor(R / eta^(s - i)) epochs. Trials continue where they
 * were, so that a rung costs only the epochs between it and the one before. eta = 1: a single rung of all
 * trials and all epochs, which is random
 * search. */
#ifndef DSC_TUNE_RUNGS_H
#define DSC_TUNE_RUNGS_H

#include <descender.h>

enum { DSC_TUNE_RUNGS_MOST = 24, DSC_TUNE_TRIALS_MOST = 10000, DSC_TUNE_REDUCTION_MOST = 100 };

typedef struct dsc_tune_rung {
    size_t trials;   /* that reach it, at most: trials that fail are not replaced */
    uint64_t epochs; /* that they have had at its end */
} dsc_tune_rung;

typedef struct dsc_tune_plan {
    size_t count;
    dsc_tune_rung rung[DSC_TUNE_RUNGS_MOST];
} dsc_tune_plan;

/* trials 1 to 10,000; reduction, eta, 1 to 100; least <= epochs, both at least 1; a later rung has at least
 * `fewest` trials, 1 or more. */
void dsc_tune_plan_make(dsc_tune_plan *plan, size_t trials, uint64_t epochs, unsigned reduction,
                        uint64_t least, size_t fewest);

/* The epochs that a trial has from the rung before to the end of this one. */
uint64_t dsc_tune_plan_step(const dsc_tune_plan *plan, size_t rung);

/* All epochs of all trials: the budget. */
uint64_t dsc_tune_plan_epochs(const dsc_tune_plan *plan);

/* What became of a trial in a rung. */
typedef struct dsc_tune_result {
    bool done;
    bool failed;           /* it diverged, or cannot be trained at all; the numbers are 0 */
    double accuracy, loss; /* on the held-out samples */
    double seconds;        /* of training, from its beginning; nothing depends on it */
} dsc_tune_result;

/* Whether trial `a` did better than trial `b`: more right; else less loss; else the lower number. Those that
 * failed come last. */
bool dsc_tune_is_better(const dsc_tune_result *a, size_t a_trial, const dsc_tune_result *b, size_t b_trial);

/* Sorts `trials` (count), whose results in this rung are results[trial * stride], from the best to the
 * worst. */
void dsc_tune_rank(size_t *trials, size_t count, const dsc_tune_result *results, size_t stride);

#endif
