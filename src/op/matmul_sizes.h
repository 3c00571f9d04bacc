/* SPDX-License-Identifier: MIT */
/* matmul_sizes.h: what the files of the product with a weight share. */
#ifndef DSC_OP_MATMUL_SIZES_H
#define DSC_OP_MATMUL_SIZES_H

#include "op/matmul_sparse.h"

typedef struct dsc_matmul_sizes {
    size_t k, n, rows; /* rows: of one sample */
} dsc_matmul_sizes;

static inline dsc_matmul_sizes dsc_matmul_sizes_of(const dsc_shape *in) {
    dsc_matmul_sizes s = {.k = in[1].size[1], .n = in[1].size[0]};
    s.rows = dsc_shape_count(&in[0]) / s.k;
    return s;
}

/* Images are mostly zeros, and need no gradient; what layers give has none, or half of them, and is not looked at in training. */
enum { DSC_WORTH_LOOKING = 32 /* columns */ };
static inline bool dsc_matmul_looks_for_zeros(const dsc_kernels *kernels, const dsc_gemm_kernels *product,
                                              unsigned wants, const dsc_matmul_sizes *s) {
    return !(wants & 1) && s->n >= DSC_WORTH_LOOKING && dsc_sparse_batch_serves(kernels, product);
}

/* Plans a product that one thread computes, and computes it. */
static inline void dsc_matmul_run(const dsc_call *call, const dsc_gemm *gemm) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, call->product, gemm, 1);
    dsc_gemm_run(&plan, gemm, 0, plan.tiles, call->scratch);
}

#endif
