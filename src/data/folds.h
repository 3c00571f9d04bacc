/* SPDX-License-Identifier: MIT */
/* folds.h: parts of a dataset for studies that train many models: folds, and samples that grow. */
#ifndef DSC_DATA_FOLDS_H
#define DSC_DATA_FOLDS_H

#include "data/dataset.h"

enum { DSC_FOLDS_MOST = 1000 };

/* fold[i] (count): which of `folds` parts sample i is in, from 0. The same data and seed give the same folds.
 *
 * Without groups the folds are stratified: the samples of each class are dealt out in a random order. Two
 * folds differ by at most one sample, in each class and in all. With groups, all samples of a group are in
 * one fold: groups are placed from the largest to the smallest, equally large ones in a random order, each
 * where its classes are lacking most.
 *
 * ARGUMENT: fewer than 2 folds, more than DSC_FOLDS_MOST, more than there are samples or groups. */
dsc_status dsc_dataset_folds(uint16_t *fold, const dsc_dataset *data, size_t folds, uint64_t seed,
                             dsc_error *error);

/* order[0 .. count): all samples, so that the first n of them hold each class as nearly as possible in its
 * share of the whole, for every n. Within a class the order is random; (seed, round) decide it. Of two
 * classes whose turn it is, the lower comes first. */
dsc_status dsc_dataset_balanced_order(uint32_t *order, const dsc_dataset *data, uint64_t seed, uint64_t round,
                                      dsc_error *error);

#endif
