/* SPDX-License-Identifier: MIT */
/* tree.h: a fixed order for adding partial results of a batch: along a binary tree.
 *
 *   one part: itself
 *   n parts: (the first half) + (the rest), where the half is the largest power of two below n
 *
 *   8 parts: ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7))        6 parts: ((0 + 1) + (2 + 3)) + (4 + 5)
 *
 * The bits therefore do not depend on who adds which part: any power-of-two number of threads or processes
 * that hold adjacent parts can add their own and then exchange sums. */
#ifndef DSC_GRAPH_TREE_H
#define DSC_GRAPH_TREE_H

#include <stddef.h>

/* Part `part` of `parts` has samples [dsc_part_begin(part), dsc_part_begin(part + 1)) of `count`. */
static inline size_t dsc_part_begin(size_t part, size_t parts, size_t count) { return part * count / parts; }

/* Adds the doubles at[0], at[apart], ...; `parts` of them, at least 1, `apart` bytes apart. */
static inline double dsc_tree_sum(const void *at, size_t apart, size_t parts) {
    if (parts == 1) return *(const double *)at;
    size_t half = 1;
    while (2 * half < parts) half *= 2;
    return dsc_tree_sum(at, apart, half) + dsc_tree_sum((const char *)at + half * apart, apart, parts - half);
}

#endif
