/* SPDX-License-Identifier: MIT */
/*
 * budget.h: a search among networks that fit a small machine: what a network takes there, and who is on the
 * front of accuracy against size.
 *
 * Trials that take more than the budget are never trained: others are drawn in their place. Because small
 * networks learn less in a few epochs than large ones, which would leave only large ones in the last rung,
 * those go on first to whom no smaller one is equal: the first front, then the front of the others, and so
 * on (non-dominated sorting; Srinivas and Deb, "Multiobjective optimization using nondominated sorting in
 * genetic algorithms", 1994). The most accurate trial is always on the first. */
#ifndef DSC_TUNE_BUDGET_H
#define DSC_TUNE_BUDGET_H

#include "train/recipe.h"

/* Bytes. */
typedef struct dsc_footprint {
    uint64_t flash; /* numbers that do not change: weights, biases, multipliers; without code */
    uint64_t ram;   /* what answering one image takes, but for the stack */
} dsc_footprint;

/* What the network of `recipe` takes. Depends on the recipe and the images alone, not on what is learned.
 * `trial` and `draw` (space.h) say which one it is. */
typedef dsc_status dsc_footprint_find(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                      size_t trial, uint64_t draw, dsc_error *error);

typedef struct dsc_tune_budget {
    dsc_footprint most;  /* of a trial; 0: any number of bytes */
    const char *numbers; /* what footprints are of, as the user says it: "whole", "float" */
    dsc_footprint_find *find;
    void *user;
} dsc_tune_budget;

/* A footprint that is too large for every budget. */
#define DSC_FOOTPRINT_NONE ((dsc_footprint){UINT64_MAX, UINT64_MAX})

bool dsc_footprint_fits(const dsc_footprint *footprint, const dsc_footprint *most);

/* The one number that trials are compared by: flash, or RAM where only RAM has a limit. */
uint64_t dsc_footprint_size(const dsc_footprint *footprint, const dsc_footprint *most);

/* Puts the front of `trials` (count, from the most accurate to the least) first, from the most accurate to
 * the smallest; the others keep their order. `footprints` and `most` as above, of all trials. Returns how
 * many are on it. */
size_t dsc_tune_take_front(size_t *trials, size_t count, const dsc_footprint *footprints,
                           const dsc_footprint *most);

/* Puts those first, of `trials` (count, from the most accurate to the least), that get `places`: the front,
 * then the front of the others, and so on. Of a front that has more than there are places for those are taken
 * that lie evenly between its most accurate and its smallest. The trials behind the places do not matter any
 * more: some may stand there twice. */
void dsc_tune_order_by_front(size_t *trials, size_t count, size_t places, const dsc_footprint *footprints,
                             const dsc_footprint *most);

#endif
