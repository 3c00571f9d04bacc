/* SPDX-License-Identifier: MIT */
/* matmul_sparse.h: the products of a dense layer that leave out inputs that are zero, as four of five pixels of a digit are.
 *
 *   a row of y:     y[j]     = sum over k with x[k] != 0 of x[k] w[j][k], + bias[j]
 *   columns of dw:  dw[j][k] = sum over samples s with x[s][k] != 0 of dy[s][j] x[s][k]
 *
 * Both find what is not zero and add as many rows of a packed operand to sums in registers. Such a row is loaded for one product
 * alone, so it pays where the row alone matters (one image), or where the operand lies in the first-level cache (dw, where
 * it saves a seventh of a small network's step in f32; in bf16, and for y of many rows, it saved nothing).
 * The order is that of gemm.h, in blocks of depth, so the bits are those of the whole product, but where an infinity or a NaN meets
 * a zero; on AMX tiles, where the order within a block is the tiles', the last digits differ. */
#ifndef DSC_OP_MATMUL_SPARSE_H
#define DSC_OP_MATMUL_SPARSE_H

#include "op/op.h"

/* Whether the kernels are such that this can stand in for their product. */
bool dsc_sparse_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product);

bool dsc_sparse_dw_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product);

/* Whether it pays: by a look at a few rows, at most a third of a matrix (rows, columns), `row` elements from row to row, is not
 * zero. */
bool dsc_sparse_pays(const dsc_real *x, size_t row, size_t rows, size_t columns);

typedef struct dsc_sparse_row {
    const dsc_real *x;    /* (depth) */
    const void *packed;   /* the weight (n, depth), packed as B */
    const dsc_real *bias; /* (n), or NULL */
    size_t depth, n;
    bool relu;
    const dsc_kernels *kernels;
    const dsc_gemm_kernels *product;
} dsc_sparse_row;

/* Columns [first, last) of y (n); `first` begins a panel. The scratch has dsc_sparse_row_scratch bytes. */
void dsc_sparse_row_run(dsc_real *y, const dsc_sparse_row *row, size_t first, size_t last, void *scratch);
size_t dsc_sparse_row_scratch(size_t depth);

typedef struct dsc_sparse_dw {
    const dsc_real *x;  /* (samples, k) */
    const dsc_real *dy; /* (samples, n) */
    size_t samples, n, k;
    const dsc_kernels *kernels;
    const dsc_gemm_kernels *product;
} dsc_sparse_dw;

/* Columns [first, last) of dw (n, k), which are written. The scratch has dsc_sparse_dw_scratch bytes. */
void dsc_sparse_dw_run(dsc_real *dw, const dsc_sparse_dw *sparse, size_t first, size_t last, void *scratch);
size_t dsc_sparse_dw_scratch(const dsc_gemm_kernels *product, size_t samples, size_t n);

#endif
