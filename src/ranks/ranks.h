/* SPDX-License-Identifier: MIT */
/*
 * ranks.h: sums and copies among the processes that train one model (dsc_ranks of descender.h). What the
 * processes hold are neighbouring branches of one binary tree (graph/tree.h): so the lower of two partners is
 * the left operand, neighbours are added first, then pairs of them, and the bits are those that one process
 * would have made of it all.
 *
 *   numbers       halving: for d = 1, 2, 4, ... the processes r and r ^ d each add up one half of what they
 *                 still have, and go on with that; then the way back, and each has all. For n bytes on R
 *                 processes: 2 log2 R messages and 2 (1 - 1/R) n bytes from each
 *   few doubles   for d = 1, 2, 4, ... the partners exchange all: log2 R messages
 *   copies        from process 0: log2 R messages, one after the other
 *
 * Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH" (2005). NULL
 * ranks: this process is alone, and nothing is to be done. */
#ifndef DSC_RANKS_RANKS_H
#define DSC_RANKS_RANKS_H

#include <descender.h>

static inline unsigned dsc_ranks_count(const dsc_ranks *ranks) { return ranks ? ranks->count : 1; }
static inline unsigned dsc_ranks_own(const dsc_ranks *ranks) { return ranks ? ranks->rank : 0; }

/* numbers[i] = the sum of all processes', for i < count. `received`: room for (count + 1) / 2 numbers.
 * add(to, a, b, n): to[i] = a[i] + b[i]; `to` may be a or b. */
typedef void dsc_ranks_add(dsc_real *to, const dsc_real *a, const dsc_real *b, size_t n);
dsc_status dsc_ranks_sum(const dsc_ranks *ranks, dsc_real *numbers, size_t count, dsc_real *received,
                         dsc_ranks_add *add, dsc_error *error);

/* The same of doubles; `received`: room for `count`. */
dsc_status dsc_ranks_sum_doubles(const dsc_ranks *ranks, double *values, size_t count, double *received,
                                 dsc_error *error);

/* Process 0's `size` bytes, to all. */
dsc_status dsc_ranks_copy(const dsc_ranks *ranks, void *bytes, size_t size, dsc_error *error);

#endif
