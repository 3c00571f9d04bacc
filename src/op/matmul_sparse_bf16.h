/* SPDX-License-Identifier: MIT */
/* matmul_sparse_bf16.h: the loops of matmul_sparse.c for words that are pairs of bfloat16; see matmul_sparse_template.h. */
#ifndef DSC_OP_MATMUL_SPARSE_BF16_H
#define DSC_OP_MATMUL_SPARSE_BF16_H

#include "kernel/kernel.h"

/* The numbers and values of the pairs in [first, last) that are not both zero, into arrays with room for 16 more; returns how many. */
size_t dsc_find_pairs(uint32_t *where, dsc_real *values, const dsc_real *pairs, size_t first, size_t last);

/* y[j] (+)= the sum over `count` pairs of their products with rows where[i] of the panels, of n columns. */
void dsc_add_pairs(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                   const dsc_real *values, size_t count, size_t n, bool more);

#endif
