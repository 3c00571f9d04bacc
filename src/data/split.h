/* SPDX-License-Identifier: MIT */
/* split.h: holds samples out, beyond descender.h. */
#ifndef DSC_DATA_SPLIT_H
#define DSC_DATA_SPLIT_H

#include "data/dataset.h"

/* dsc_dataset_split with the own_validation images that the data themselves hold out. `rest` has the first
 * `count` (0: all) of the others. */
dsc_status dsc_dataset_split_own(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                 size_t count, dsc_error *error);

/* Makes a view of the first `count` samples, or of all if there are fewer. */
dsc_status dsc_dataset_first(dsc_dataset **view, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
