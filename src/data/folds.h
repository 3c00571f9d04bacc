/* SPDX-License-Identifier: MIT */
/* folds.h: parts of a data set for studies that train many models: folds, and growing samples. */
#ifndef DSC_DATA_FOLDS_H
#define DSC_DATA_FOLDS_H

#include "data/dataset.h"

enum { DSC_FOLDS_MOST = 1000 };

/* Sets fold[i] (count), from 0, to the fold of sample i. The same data and seed give the same folds.
 *
 * Without groups the folds are stratified: the samples of each class are dealt in random order, and two folds
 * differ by at most one sample per class and in all. With groups, all samples of a group are in one fold:
 * groups are placed from the largest to the smallest, those of equal size in random order, each in the fold
 * that lacks its classes most.
 *
 * DSC_ERROR_ARGUMENT: fewer than 2 folds, or more than DSC_FOLDS_MOST, the samples or the groups. */
dsc_status dsc_dataset_folds(uint16_t *fold, const dsc_dataset *data, size_t folds, uint64_t seed,
                             dsc_error *error);

/* Fills order[0 .. count) with all samples so that for every n the first n hold each class as nearly as
 * possible in its share of the whole. (seed, round) decide the random order within a class. If two classes
 * are due, the lower one comes first. */
dsc_status dsc_dataset_balanced_order(uint32_t *order, const dsc_dataset *data, uint64_t seed, uint64_t round,
                                      dsc_error *error);

#endif
