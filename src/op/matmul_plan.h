/* SPDX-License-Identifier: MIT */
/* matmul_plan.h: declarations shared by the files of the product with a weight: the op's plan, made once in
 * matmul.c.
 *
 *   x (samples, rows, K)   w (N, K)   y (samples, rows, N)
 *
 *   matmul.c           the plan; y and dx by samples, by panels of the weight, or of a single row
 *   matmul_columns.c   y and dw divided by columns of x
 *   matmul_weight.c    dw and db */
#ifndef DSC_OP_MATMUL_PLAN_H
#define DSC_OP_MATMUL_PLAN_H

#include "base/thresholds.h"
#include "kernel/sparse.h"
#include "op/op.h"

typedef struct dsc_matmul_values {
    bool relu; /* not a parameter: `absorb` sets it for inference */
} dsc_matmul_values;

typedef struct dsc_matmul_plan {
    size_t k, n, rows;    /* rows: of one sample */
    bool relu;            /* inference: y is max(y, 0) */
    bool looks_for_zeros; /* skips zeros of x if that pays */
    bool single;          /* inference: skips zeros of a single row too */

    /* `shared` holds the weight packed for y, followed by the weight packed for dx. */
    size_t packed_dx;           /* offset of the latter, in bytes */
    size_t y_panels, dx_panels; /* dx_panels is 0 if dx is not requested */
    dsc_gemm_plan y, dx;        /* of a lane, or of the whole batch */
    size_t y_tiles, dx_tiles;   /* by panels, or of a single row; 0: by samples */
    dsc_gemm_plan dw, dw_block; /* of the whole batch: by its own tiles; of some columns only */
    size_t dw_tiles;

    /* by columns: see matmul_columns.c */
    size_t depth, blocks, parts; /* columns of x in a block, blocks, tiles of a block */
    size_t packed_block;         /* bytes of a block's packed weight */
    size_t sums;                 /* reals between the sums of consecutive blocks of a sample */
    dsc_gemm_plan y_block;
} dsc_matmul_plan;

/* Whether to skip zeros of x. Images are mostly zeros and need no gradient. Hidden activations are at most
 * half zeros; skipping them does not pay in training. */
static inline bool dsc_matmul_looks_for_zeros(const dsc_needs *needs, size_t n) {
    return !(needs->wants & 1) && n >= DSC_SPARSE_FROM && dsc_sparse_batch_serves(needs->product);
}

/* The bias, or NULL. */
static inline const dsc_real *dsc_matmul_bias_of(const dsc_call *call) {
    return call->input_count == 3 ? call->in[2] : NULL;
}

/* Whether dividing the product by columns of x is faster than dividing it by samples. */
bool dsc_matmul_columns_serve(const dsc_needs *needs, const dsc_matmul_plan *plan);
/* Plans that: sets the stages and everything they need except dw. */
void dsc_matmul_plan_columns(dsc_needs *needs, dsc_matmul_plan *plan);

/* Plans dw and requests its scratch. */
void dsc_matmul_plan_weight(dsc_needs *needs, dsc_matmul_plan *plan);
/* The DSC_STAGE_TILES stage that computes dw and, in its last tile, db. */
void dsc_matmul_weight(const dsc_call *call);
size_t dsc_matmul_weight_tiles(const void *plan);
/* Compute columns [first, last) of dw, and db. */
void dsc_matmul_weight_columns(const dsc_call *call, size_t first, size_t last);
void dsc_matmul_bias(const dsc_call *call);

/* Computes the product in the calling thread. */
static inline void dsc_matmul_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, void *scratch) {
    dsc_gemm_run(plan, gemm, 0, plan->tiles, scratch);
}

/* Plans a product that one thread computes, and requests its scratch. */
static inline void dsc_matmul_plan_product(dsc_gemm_plan *plan, const dsc_gemm *gemm, dsc_needs *needs) {
    dsc_gemm_plan_make(plan, needs->product, gemm, 1);
    needs->scratch = dsc_larger(needs->scratch, plan->workspace);
}

#endif
