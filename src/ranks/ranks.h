/* SPDX-License-Identifier: MIT */
/*
 * ranks.h: sums and copies among the processes that train one model (dsc_ranks in descender.h). The
 * processes hold neighbouring branches of one binary tree (graph/tree.h). The lower of two partners is the
 * left operand; neighbours are added first, then pairs of neighbours, and so on. So the bits of a sum
 * equal those that one process computes.
 *
 *   dsc_ranks_sum          recursive halving: for d = 1, 2, 4, ... the processes r and r ^ d each add one
 *                          half of their present range and continue with that half. Then the same steps in
 *                          reverse order distribute the sums. For n bytes on R processes, each process
 *                          sends 2 log2 R messages and 2 (1 - 1/R) n bytes.
 *   dsc_ranks_sum_doubles  for d = 1, 2, 4, ... the partners exchange all doubles: log2 R messages
 *   dsc_ranks_copy         from process 0 along the tree: at most log2 R messages, one after the other
 *
 * Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH" (2005).
 * `ranks` may be NULL: this process is alone, and every call returns DSC_OK at once. Errors are those of
 * the caller's `exchange`. All processes make the same calls in the same order, each from one thread at a
 * time.
 */
#ifndef DSC_RANKS_RANKS_H
#define DSC_RANKS_RANKS_H

#include <descender.h>

static inline unsigned dsc_ranks_count(const dsc_ranks *ranks) { return ranks ? ranks->count : 1; }
static inline unsigned dsc_ranks_own(const dsc_ranks *ranks) { return ranks ? ranks->rank : 0; }

/* Sets numbers[i], i < count, to the sum over all processes, in every process. `received`: room for (count
 * + 1) / 2 numbers. add(to, a, b, n) sets to[i] = a[i] + b[i]; `to` may be a or b. */
typedef void dsc_ranks_add(dsc_real *to, const dsc_real *a, const dsc_real *b, size_t n);
dsc_status dsc_ranks_sum(const dsc_ranks *ranks, dsc_real *numbers, size_t count, dsc_real *received,
                         dsc_ranks_add *add, dsc_error *error);

/* The same for doubles. `received`: room for `count`. */
dsc_status dsc_ranks_sum_doubles(const dsc_ranks *ranks, double *values, size_t count, double *received,
                                 dsc_error *error);

/* Copies `size` bytes of process 0 to all processes. */
dsc_status dsc_ranks_copy(const dsc_ranks *ranks, void *bytes, size_t size, dsc_error *error);

#endif
