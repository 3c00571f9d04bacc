/* SPDX-License-Identifier: MIT */
/* split.h: holding samples out. */
#ifndef DSC_DATA_SPLIT_H
#define DSC_DATA_SPLIT_H

#include "data/dataset.h"

/* Splits `data` class by class: of each class with n samples, round(share n) drawn at random go to `held_out`, the
 * others stay in `rest`, both in the order of `data`. Depends on data's labels and the seed alone. Every class
 * that has two samples keeps one in `rest`. An error if either part would be empty. */
dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                             double share, uint64_t seed, dsc_error *error);

/* The first `count` samples; all of them if there are no more. */
dsc_status dsc_dataset_first(dsc_dataset **view, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
