/* SPDX-License-Identifier: MIT */
/* groups.h: the samples of a data set by their groups, for splits and folds that keep groups together. */
#ifndef DSC_DATA_GROUPS_H
#define DSC_DATA_GROUPS_H

#include "data/dataset.h"

typedef struct dsc_group_member {
    uint64_t group;
    uint32_t sample;
} dsc_group_member;

/* Fills `members` (data->count) with all samples, sorted by group and then by number, and `start`
 * (data->count + 1) with the place of each group's first member; the entry after the last group is
 * data->count. Returns the number of groups. Allocates nothing. */
size_t dsc_groups_sort(dsc_group_member *members, size_t *start, const dsc_dataset *data);

#endif
