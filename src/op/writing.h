/* SPDX-License-Identifier: MIT */
/* writing.h: the lines that ops write to describe themselves in other formats (C, ONNX). */
#ifndef DSC_OP_WRITING_H
#define DSC_OP_WRITING_H

#include "base/text.h"

#include <descender.h>

struct dsc_writing {
    dsc_text text; /* lines, each with its newline */
};

/* Number of products, in a sum of `depth`, that the portable kernels add before they start a new partial sum.
 * The same order of summation gives the same bits. */
size_t dsc_written_block(size_t depth);

/* --- for ONNX (writing_onnx.c) --- */

/* The name of input i, which has input 0's shape or its leading dimensions, extended by dimensions of 1 so
 * that ONNX broadcasts it along the others. Writes a line if an extension is needed. */
const char *dsc_write_leading(dsc_writing *writing, const dsc_shape_rule *at, size_t i);

/* Writes the sizes of a shape, such as "8,3,3", to `out`; returns `out`. */
const char *dsc_write_shape(char out[96], const dsc_shape *shape);

/* Writes out0 from in0: `reduce` over the trailing dimensions that output 0 lacks; or, for (C, H, W) -> (C),
 * the operator `global` if not NULL, which ONNX readers support better. */
void dsc_write_reduction(dsc_writing *writing, const dsc_shape_rule *at, const char *global,
                         const char *reduce);

/* Writes `product` = Conv of in0, in1, and in2 if present. */
void dsc_conv_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *product, size_t groups,
                         const int64_t stride[2], const int64_t padding[2], const int64_t dilation[2]);

/* Writes out0 = a pool of in0; `more` holds further attributes, each preceded by a blank. */
void dsc_pool_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *type, const char *more);

#endif
