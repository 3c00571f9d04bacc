/* SPDX-License-Identifier: MIT */
/* matmul_weight.h: the gradients of a dense layer's weight and bias: dw = dy^T x, by tiles over the whole batch; one more tile makes db,
 * the sum of dy. */
#ifndef DSC_OP_MATMUL_WEIGHT_H
#define DSC_OP_MATMUL_WEIGHT_H

#include "op/matmul_sizes.h"

/* The stage of TILES, how many it has, and the bytes of scratch it needs. */
void dsc_matmul_weight(const dsc_call *call);
size_t dsc_matmul_weight_tiles(const dsc_call *call);
size_t dsc_matmul_weight_scratch(const dsc_needs *needs);

/* Columns [first, last) of dw; db. */
void dsc_matmul_weight_columns(const dsc_call *call, const dsc_matmul_sizes *s, size_t first, size_t last);
void dsc_matmul_bias(const dsc_call *call, const dsc_matmul_sizes *s);

#endif
