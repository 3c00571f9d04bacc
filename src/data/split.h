/* SPDX-License-Identifier: MIT */
/* split.h: holding samples out. */
#ifndef DSC_DATA_SPLIT_H
#define DSC_DATA_SPLIT_H

#include "data/dataset.h"

/* Splits `data` class by class: of each class with n samples, round(share n) drawn at random go to
 * `held_out`, the others stay in `rest`, both in the order of `data`. Depends on data's labels and the seed
 * alone. Every class that has two samples keeps one in `rest`. An error if either part would be empty. */
dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                             double share, uint64_t seed, dsc_error *error);

/* The same with the images that the data themselves hold out, own_validation of them; `rest` are the first
 * `count` (0: all) of the others. */
dsc_status dsc_dataset_split_own(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                 size_t count, dsc_error *error);

/* Splits so that all samples of a group are on one side: sample i is of the group groups[i]. Groups are drawn
 * in a random order, and go to `held_out` as long as that brings the share of each class there nearer to
 * `share`. */
dsc_status dsc_dataset_split_groups(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                    const uint64_t *groups, double share, uint64_t seed, dsc_error *error);

/* All samples in a random order, but for those that the data hold out, which stay the last. */
dsc_status dsc_dataset_mix(dsc_dataset **view, const dsc_dataset *data, uint64_t seed, dsc_error *error);

/* The first `count` samples; all of them if there are no more. */
dsc_status dsc_dataset_first(dsc_dataset **view, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
