/* SPDX-License-Identifier: MIT */
/* groups.c: see groups.h. */
#include "data/groups.h"

#include <stdlib.h>

static int by_group(const void *a, const void *b) {
    const dsc_group_member *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

size_t dsc_groups_sort(dsc_group_member *members, size_t *start, const dsc_dataset *data) {
    const size_t n = data->count;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) members[i] = (dsc_group_member){dsc_dataset_group(data, i), (uint32_t)i};
    qsort(members, n, sizeof *members, by_group);
    for (size_t i = 0; i < n; i++)
        if (!i || members[i].group != members[i - 1].group) start[count++] = i;
    start[count] = n;
    return count;
}
