/* SPDX-License-Identifier: MIT */
/* budget.h: searches among networks that fit a small machine: the memory a network needs there, and the
 * Pareto front of accuracy against size.
 *
 * Trials that exceed the budget are not trained; others are drawn instead. Small networks learn less than
 * large ones in a few epochs, so ranking by accuracy would leave only large networks in the last rung.
 * Instead trials advance front by front: first those that no smaller trial equals in accuracy, then the front
 * of the rest, and so on (non-dominated sorting; Srinivas and Deb, "Multiobjective optimization using
 * nondominated sorting in genetic algorithms", 1994). The most accurate trial is always on the first
 * front. */
#ifndef DSC_TUNE_BUDGET_H
#define DSC_TUNE_BUDGET_H

#include "train/recipe.h"

/* In bytes. */
typedef struct dsc_footprint {
    uint64_t flash; /* constants: weights, biases, multipliers; without code */
    uint64_t ram;   /* memory to classify one image, without the stack */
} dsc_footprint;

/* Finds the footprint of the recipe's network. Depends only on the recipe and the image shape, not on trained
 * values. `trial` and `draw` (space.h) identify the network. */
typedef dsc_status dsc_footprint_find(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                      size_t trial, uint64_t draw, dsc_error *error);

typedef struct dsc_tune_budget {
    dsc_footprint most;  /* limits of a trial; 0: no limit */
    const char *numbers; /* the numbers that footprints assume, as the user names them: "whole", "float" */
    dsc_footprint_find *find;
    void *user;
} dsc_tune_budget;

/* A footprint that exceeds every budget. */
#define DSC_FOOTPRINT_NONE ((dsc_footprint){UINT64_MAX, UINT64_MAX})

bool dsc_footprint_fits(const dsc_footprint *footprint, const dsc_footprint *most);

/* The size by which trials are compared: flash, or RAM if only RAM is limited. */
uint64_t dsc_footprint_size(const dsc_footprint *footprint, const dsc_footprint *most);

/* Moves the front to the start of `trials`, ordered from the most accurate to the smallest; the others keep
 * their order. On entry `trials` (count) are sorted from the most accurate to the least. `footprints` covers
 * all trials. Returns the size of the front. */
size_t dsc_tune_take_front(size_t *trials, size_t count, const dsc_footprint *footprints,
                           const dsc_footprint *most);

/* Moves the trials that get one of `places` places to the start of `trials`, which are sorted as above: the
 * first front, then the front of the rest, and so on. If a front has more trials than places remain, those
 * spaced evenly between its most accurate and its smallest are taken. The entries after the places are
 * unspecified and may repeat. */
void dsc_tune_order_by_front(size_t *trials, size_t count, size_t places, const dsc_footprint *footprints,
                             const dsc_footprint *most);

#endif
