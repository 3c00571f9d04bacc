/* SPDX-License-Identifier: MIT */
/* sparse.h: the products of a dense layer that leave out inputs that are zero, as four of five pixels of a
 * digit are.
 *
 *   y[s][j]  = sum over k with x[s][k] != 0 of x[s][k] w[j][k], + bias[j]
 *              a row: sparse.c; a batch: sparse_batch.c
 *   dw[j][k] = sum over samples s with x[s][k] != 0 of dy[s][j] x[s][k]
 *              sparse_batch.c
 *
 * All find what is not zero and add as many rows of a packed operand to sums in registers. Such a row is
 * loaded for one product alone, so it pays where the row alone matters (one image), or where the operand
 * lies in the first-level cache: of a batch, 64 of depth at a time. For pairs of bfloat16, of which fewer
 * are zero, it saved nothing but for a single row. The order is that of gemm.h, in blocks of depth, so the
 * bits are those of the whole product, but where an infinity or a NaN meets a zero. AMX tiles have an order
 * of their own, so there nothing is left out: an answer would depend on how many are asked for. */
#ifndef DSC_KERNEL_SPARSE_H
#define DSC_KERNEL_SPARSE_H

#include "base/thresholds.h"
#include "kernel/gemm.h"

/* Whether this can stand in for the kernels' product: a row of y; rows of y, and dw. */
bool dsc_sparse_serves(const dsc_gemm_kernels *product);
bool dsc_sparse_batch_serves(const dsc_gemm_kernels *product);

/* Whether it pays for a batch. Samples a few rows of a matrix (rows, columns), `row` elements from row to
 * row; true if at most half of the elements are nonzero. */
bool dsc_sparse_pays(const dsc_real *x, size_t row, size_t rows, size_t columns);

typedef struct dsc_sparse_rows {
    const dsc_real *x; /* (rows, depth), `x_row` from row to row */
    size_t x_row, rows;
    const void *packed;   /* the weight (n, depth), packed as B */
    const dsc_real *bias; /* (n), or NULL */
    size_t depth, n;
    bool relu;
    const dsc_gemm_kernels *product;
} dsc_sparse_rows;

/* Of one row alone: columns [first, last) of y (n); `first` begins a panel. The scratch has
 * dsc_sparse_row_scratch bytes. */
void dsc_sparse_row_run(dsc_real *y, const dsc_sparse_rows *row, size_t first, size_t last, void *scratch);
size_t dsc_sparse_row_scratch(size_t depth);

/* y (rows, n). The scratch has dsc_sparse_rows_scratch bytes. */
void dsc_sparse_rows_run(dsc_real *y, const dsc_sparse_rows *rows, void *scratch);
size_t dsc_sparse_rows_scratch(size_t rows, size_t n);

/* The sums of depth [first, last) alone, one block of depth at most, without bias and ReLU: `sums` (rows,
 * n), `sums_row` from row to row, which is at least n filled up to whole panels: those are written. */
void dsc_sparse_rows_sum(dsc_real *sums, size_t sums_row, const dsc_sparse_rows *rows, size_t first,
                         size_t last);

typedef struct dsc_sparse_dw {
    const dsc_real *x;  /* (samples, k) */
    const dsc_real *dy; /* (samples, n) */
    size_t samples, n, k;
    const dsc_gemm_kernels *product;
} dsc_sparse_dw;

/* Columns [first, last) of dw (n, k), which are written. The scratch has dsc_sparse_dw_scratch bytes. */
void dsc_sparse_dw_run(dsc_real *dw, const dsc_sparse_dw *sparse, size_t first, size_t last, void *scratch);
size_t dsc_sparse_dw_scratch(const dsc_gemm_kernels *product, size_t samples, size_t n);

/* ---- What a kernel set has for it ---- */

enum {
    DSC_SPARSE_PANELS = 14, /* most panels whose sums stay in registers */
    DSC_SPARSE_INPUTS = 16, /* columns of x side by side */
    DSC_SPARSE_CHUNK = 64   /* bits */
};

/* `panel` is the words from one panel to the next. */
struct dsc_sparse_kernels {
    /* The numbers and values of the words in [first, last) that are not zero, into arrays with room for 16
     * more; returns how many. */
    size_t (*find_words)(uint32_t *where, dsc_real *values, const dsc_real *words, size_t first, size_t last);
    /* y[j] (+)= the sum over `count` values of their products with rows where[i] of the panels, of n
     * columns. */
    void (*add_words)(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                      const dsc_real *values, size_t count, size_t n, bool more);

    /* Of reals alone; NULL for pairs of bfloat16. */

    /* The sums y (rows, whole panels) go `on`, or begin, with `count` of depth, 64 at most: x (rows, count)
     * times as many rows of the panels. */
    void (*add_rows)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                     size_t rows, size_t count, const dsc_real *packed, size_t panel, bool on);
    /* Which samples are not zero, of DSC_SPARSE_INPUTS columns of x at most: bit s % 64 of
     * masks[s / 64][i]. */
    void (*find_columns)(uint64_t (*masks)[DSC_SPARSE_INPUTS], const dsc_real *x, size_t x_row,
                         size_t samples, size_t inputs);
    /* y (inputs, whole panels) (+)= the sum of x[s][i] * row s of the panels over the samples that the masks
     * name; `strip` panels at a time. */
    void (*add_columns)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                        size_t inputs, const uint64_t (*masks)[DSC_SPARSE_INPUTS], size_t chunks,
                        const dsc_real *packed, size_t panel, size_t strip, bool more);
};

#endif
