/* SPDX-License-Identifier: MIT */
/* split.h: holding samples out, what descender.h does not say. */
#ifndef DSC_DATA_SPLIT_H
#define DSC_DATA_SPLIT_H

#include "data/dataset.h"

/* dsc_dataset_split with the images that the data themselves hold out, own_validation of them; `rest` are the
 * first `count` (0: all) of the others. */
dsc_status dsc_dataset_split_own(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                 size_t count, dsc_error *error);

/* Splits so that all samples of a group are on one side: sample i is of the group groups[i]. Groups are drawn
 * in a random order, and go to `held_out` as long as that brings the share of each class there nearer to
 * `share`. */
dsc_status dsc_dataset_split_groups(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                    const uint64_t *groups, double share, uint64_t seed, dsc_error *error);

/* The first `count` samples; all of them if there are no more. */
dsc_status dsc_dataset_first(dsc_dataset **view, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
