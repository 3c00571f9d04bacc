/* SPDX-License-Identifier: MIT */
/* sparse.h: products of a dense layer that skip zero inputs. Four of five pixels of a digit are zero.
 *
 *   y[s][j]  = sum over k with x[s][k] != 0 of x[s][k] w[j][k], + bias[j]
 *              a row: sparse.c; a batch: sparse_batch.c
 *   dw[j][k] = sum over samples s with x[s][k] != 0 of dy[s][j] x[s][k]
 *              sparse_batch.c
 *
 * Each product finds the nonzero inputs and adds the matching rows of a packed operand to sums in registers.
 * A row loaded this way serves one product only. This pays for a single row (one image), or if the operand
 * fits the first-level cache: for a batch, 64 steps of depth at a time. Pairs of bfloat16 are zero less
 * often; there it pays for a single row only. The order of summation is that of gemm.h, in blocks of depth,
 * so the bits equal those of the full product, except where an infinity or NaN meets a zero. AMX tiles sum in
 * another order, so AMX skips nothing: results would depend on the number of images.
 *
 * Nothing here allocates or fails. Threads may run concurrently, each with its own scratch, aligned to 64
 * bytes. */
#ifndef DSC_KERNEL_SPARSE_H
#define DSC_KERNEL_SPARSE_H

#include "base/thresholds.h"
#include "kernel/gemm.h"

/* Whether these functions can replace the kernels' product: the first for one row of y, the second for
 * several rows of y and for dw. */
bool dsc_sparse_serves(const dsc_gemm_kernels *product);
bool dsc_sparse_batch_serves(const dsc_gemm_kernels *product);

/* Whether it pays for a batch. Samples a few rows of a matrix (rows, columns), `row` elements from row to
 * row; true if at most half of the elements are nonzero. */
bool dsc_sparse_pays(const dsc_real *x, size_t row, size_t rows, size_t columns);

typedef struct dsc_sparse_rows {
    const dsc_real *x; /* (rows, depth), rows `x_row` elements apart */
    size_t x_row, rows;
    const void *packed;   /* the weight (n, depth), packed as B */
    const dsc_real *bias; /* (n), or NULL */
    size_t depth, n;
    bool relu;
    const dsc_gemm_kernels *product;
} dsc_sparse_rows;

/* Computes columns [first, last) of y (n) for a single row; `first` begins a panel. `scratch` has
 * dsc_sparse_row_scratch bytes. */
void dsc_sparse_row_run(dsc_real *y, const dsc_sparse_rows *row, size_t first, size_t last, void *scratch);
size_t dsc_sparse_row_scratch(size_t depth);

/* Computes y (rows, n). `scratch` has dsc_sparse_rows_scratch bytes. */
void dsc_sparse_rows_run(dsc_real *y, const dsc_sparse_rows *rows, void *scratch);
size_t dsc_sparse_rows_scratch(size_t rows, size_t n);

/* Computes the sums over depth [first, last), at most one block of depth, without bias and ReLU: `sums`
 * (rows, n), rows `sums_row` apart. sums_row is at least n rounded up to whole panels, which are written in
 * full. */
void dsc_sparse_rows_sum(dsc_real *sums, size_t sums_row, const dsc_sparse_rows *rows, size_t first,
                         size_t last);

typedef struct dsc_sparse_dw {
    const dsc_real *x;  /* (samples, k) */
    const dsc_real *dy; /* (samples, n) */
    size_t samples, n, k;
    const dsc_gemm_kernels *product;
} dsc_sparse_dw;

/* Computes columns [first, last) of dw (n, k). `scratch` has dsc_sparse_dw_scratch bytes. */
void dsc_sparse_dw_run(dsc_real *dw, const dsc_sparse_dw *sparse, size_t first, size_t last, void *scratch);
size_t dsc_sparse_dw_scratch(const dsc_gemm_kernels *product, size_t samples, size_t n);

/* ---- Kernel set interface ---- */

enum {
    DSC_SPARSE_PANELS = 14, /* most panels whose sums stay in registers */
    DSC_SPARSE_INPUTS = 16, /* columns of x handled side by side */
    DSC_SPARSE_CHUNK = 64   /* bits of a mask */
};

/* `panel` is the distance between panels in words. */
struct dsc_sparse_kernels {
    /* Stores the indices and values of the nonzero words in [first, last), into arrays with room for 16 more;
     * returns their number. */
    size_t (*find_words)(uint32_t *where, dsc_real *values, const dsc_real *words, size_t first, size_t last);
    /* y[j] (+)= the sum over `count` values of their products with rows where[i] of the panels, which have n
     * columns. `more` adds to y. */
    void (*add_words)(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                      const dsc_real *values, size_t count, size_t n, bool more);

    /* The rest is for reals only; NULL for pairs of bfloat16. */

    /* Adds x (rows, count) times `count` rows of the panels to the sums y (rows, whole panels). `count` is at
     * most 64. `on` continues the sums; otherwise they start at 0. */
    void (*add_rows)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                     size_t rows, size_t count, const dsc_real *packed, size_t panel, bool on);
    /* Finds the nonzero samples of at most DSC_SPARSE_INPUTS columns of x: bit s % 64 of masks[s / 64][i]. */
    void (*find_columns)(uint64_t (*masks)[DSC_SPARSE_INPUTS], const dsc_real *x, size_t x_row,
                         size_t samples, size_t inputs);
    /* y (inputs, whole panels) (+)= the sum of x[s][i] * row s of the panels over the samples in the masks;
     * `strip` panels at a time. `more` adds to y. */
    void (*add_columns)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                        size_t inputs, const uint64_t (*masks)[DSC_SPARSE_INPUTS], size_t chunks,
                        const dsc_real *packed, size_t panel, size_t strip, bool more);
};

#endif
