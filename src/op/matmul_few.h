/* SPDX-License-Identifier: MIT */
/* matmul_few.h: the product of a single row with a packed weight, as a dense layer has it when it sees one image.
 *
 * One row leaves nothing to share a load of the weight with, so what counts is how much of it is read. An input that is zero (four
 * of five pixels of a digit, half of what a ReLU lets through) adds nothing, and its row of the weight is not read at all.
 *
 *   y[j] = sum over k with x[k] != 0 of x[k] w[k][j], + bias[j]
 *
 * In reals the order is that of gemm.h, so that the bits are those of any batch, but where a weight that is infinite or NaN meets a
 * zero. In bfloat16 products are exact in float and added one after the other, which the processor's own instruction does not do:
 * the last digits differ from a batch's. */
#ifndef DSC_OP_MATMUL_FEW_H
#define DSC_OP_MATMUL_FEW_H

#include "op/op.h"

/* Whether the kernels are such that this can stand in for their product. */
bool dsc_matmul_few_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product);

/* Bytes of scratch. */
size_t dsc_matmul_few_scratch(size_t depth);

typedef struct dsc_few {
    const dsc_real *x;    /* (depth) */
    const void *packed;   /* the weight (n, depth), packed as B */
    const dsc_real *bias; /* (n), or NULL */
    size_t depth, n;
    bool relu;
    const dsc_kernels *kernels;
    const dsc_gemm_kernels *product;
} dsc_few;

/* Columns [first, last) of y (n); `first` begins a panel. */
void dsc_matmul_few(dsc_real *y, const dsc_few *few, size_t first, size_t last, void *scratch);

#endif
