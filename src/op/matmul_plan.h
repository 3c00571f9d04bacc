/* SPDX-License-Identifier: MIT */
/* matmul_plan.h: what the files of the product with a weight share: the op's plan, made once in matmul.c.
 *
 *   x (samples, rows, K)   w (N, K)   y (samples, rows, N)
 *
 *   matmul.c           the plan; y and dx by samples, by panels of the weight, or of one row alone
 *   matmul_columns.c   the same shared out by columns of x
 *   matmul_weight.c    dw and db */
#ifndef DSC_OP_MATMUL_PLAN_H
#define DSC_OP_MATMUL_PLAN_H

#include "base/thresholds.h"
#include "kernel/sparse.h"
#include "op/op.h"

typedef struct dsc_matmul_values {
    bool relu; /* no parameter: set for inference alone, by absorb */
} dsc_matmul_values;

typedef struct dsc_matmul_plan {
    size_t k, n, rows;    /* rows: of one sample */
    bool relu;            /* for inference: y is max(y, 0) */
    bool looks_for_zeros; /* of x: they may be worth leaving out */
    bool single;          /* inference: one row alone leaves them out as well */

    /* `shared` holds the weight packed for y, and for dx behind it. */
    size_t packed_dx;           /* where that begins, in bytes */
    size_t y_panels, dx_panels; /* dx_panels 0: not wanted */
    dsc_gemm_plan y, dx;        /* of a lane, or of the whole batch */
    size_t y_tiles, dx_tiles;   /* by panels, or of a single row; 0: by samples */
    dsc_gemm_plan dw, dw_block; /* of the whole batch: by its own tiles; of some columns alone */
    size_t dw_tiles;

    /* by columns: see matmul_columns.c */
    size_t depth, blocks, parts; /* columns of x in a block, blocks, tiles of one */
    size_t packed_block;         /* the packed weight of a block, in bytes */
    size_t sums;                 /* from one block's sums of a sample to the next's, in numbers */
    dsc_gemm_plan y_block;
} dsc_matmul_plan;

/* Images are mostly zeros and need no gradient. Hidden activations are at most half zeros: skipping them does
 * not pay in training. */
static inline bool dsc_matmul_looks_for_zeros(const dsc_needs *needs, size_t n) {
    return !(needs->wants & 1) && n >= DSC_SPARSE_FROM && dsc_sparse_batch_serves(needs->product);
}

/* The bias, or NULL. */
static inline const dsc_real *dsc_matmul_bias_of(const dsc_call *call) {
    return call->input_count == 3 ? call->in[2] : NULL;
}

/* Whether the product is better shared out by columns of x than by samples. */
bool dsc_matmul_columns_serve(const dsc_needs *needs, const dsc_matmul_plan *plan);
/* Plans it: sets the stages, and all that they need but for dw. */
void dsc_matmul_plan_columns(dsc_needs *needs, dsc_matmul_plan *plan);

/* Plans dw, and asks for its scratch. */
void dsc_matmul_plan_weight(dsc_needs *needs, dsc_matmul_plan *plan);
/* The stage of TILES that makes dw and, in its last tile, db. */
void dsc_matmul_weight(const dsc_call *call);
size_t dsc_matmul_weight_tiles(const void *plan);
/* Columns [first, last) of dw; db. */
void dsc_matmul_weight_columns(const dsc_call *call, size_t first, size_t last);
void dsc_matmul_bias(const dsc_call *call);

/* One thread computes the product. */
static inline void dsc_matmul_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, void *scratch) {
    dsc_gemm_run(plan, gemm, 0, plan->tiles, scratch);
}

/* Plans a product that one thread computes, and asks for its scratch. */
static inline void dsc_matmul_plan_product(dsc_gemm_plan *plan, const dsc_gemm *gemm, dsc_needs *needs) {
    dsc_gemm_plan_make(plan, needs->product, gemm, 1);
    needs->scratch = dsc_larger(needs->scratch, plan->workspace);
}

#endif
