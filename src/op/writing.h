/* SPDX-License-Identifier: MIT */
/* writing.h: the lines that ops write of themselves for other programs. */
#ifndef DSC_OP_WRITING_H
#define DSC_OP_WRITING_H

#include "base/text.h"

#include <descender.h>

struct dsc_writing {
    dsc_text text; /* lines, each with its newline */
};

/* How many products of a sum of `depth` the portable kernels add up before they begin the next ones: sums in
 * the same order are the same bits. */
size_t dsc_written_block(size_t depth);

/* --- for ONNX (writing_onnx.c) --- */

/* The name of input i, which has input 0's shape or its leading dimensions, widened by dimensions of 1 so
 * that it is broadcast along the others; writes a line where that is needed. */
const char *dsc_write_leading(dsc_writing *writing, const dsc_shape_rule *at, size_t i);

/* "8,3,3", the sizes of a shape. Returns `out`. */
const char *dsc_write_shape(char out[96], const dsc_shape *shape);

/* out0 from in0: `reduce` over the dimensions that output 0 has not, the last ones; or of (C, H, W) -> (C) by
 * `global` (NULL: none), which readers know better. */
void dsc_write_reduction(dsc_writing *writing, const dsc_shape_rule *at, const char *global,
                         const char *reduce);

/* `product` = Conv of in0, in1, and in2 if there is one. */
void dsc_conv_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *product, size_t groups,
                         const int64_t stride[2], const int64_t padding[2], const int64_t dilation[2]);

/* out0 = a pool of in0; `more` are further attributes, each with a blank before it. */
void dsc_pool_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *type, const char *more);

#endif
