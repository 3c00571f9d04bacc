/* SPDX-License-Identifier: MIT */
/* elementwise.h: shared code of element-wise ops: each output element depends only on the input element at
 * the same index. Such an op consists of two functions over `count` elements, the formula and its derivative:
 *
 *   static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count)
 *   static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *kept,
 *                    size_t count)
 *   DSC_ELEMENTWISE(apply, pass, out)     kept is the output; with `in` the input; with `d_out` dy
 *   const dsc_op dsc_op_tanh = {.size = sizeof(dsc_op), .name = "tanh", ..., DSC_ELEMENTWISE_FIELDS,
 *                               .flags = DSC_ELEMENTWISE_FLAGS,
 *                               .keeps_outputs = 1};
 *
 * `count` is at most DSC_ELEMENTS, so that intermediate results fit an array on the stack. y may be x, and dx
 * may be dy. Values stored as bfloat16 are widened to reals before these functions and rounded after them. */
#ifndef DSC_OP_ELEMENTWISE_H
#define DSC_OP_ELEMENTWISE_H

#include "op/op.h"

#include "base/limits.h"

enum { DSC_ELEMENTS = DSC_USUALLY(1024, 1) };

typedef void dsc_apply_numbers(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count);
typedef void dsc_pass_numbers(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *kept,
                              size_t count);

/* Apply the function to all elements of a call, in any form. `kept` is the first of call->in, call->out or
 * call->d_out. */
void dsc_elementwise_forward(const dsc_call *call, dsc_apply_numbers *apply);
void dsc_elementwise_backward(const dsc_call *call, dsc_pass_numbers *pass, const dsc_real *kept);

#define DSC_ELEMENTWISE(apply, pass, kept)                                                                   \
    static void forward(const dsc_call *call) { dsc_elementwise_forward(call, apply); }                      \
    static void backward(const dsc_call *call) { dsc_elementwise_backward(call, pass, call->kept[0]); }      \
    static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};            \
    static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1},   \
                                                {0}};

#define DSC_ELEMENTWISE_FIELDS                                                                               \
    .least_inputs = 1, .most_inputs = 1, .shapes = dsc_shapes_same, .forward = forward_stages,               \
    .backward = backward_stages, .examples = examples
/* For .flags: elements may lie in any order. */
#define DSC_ELEMENTWISE_FLAGS (DSC_OP_IN_PLACE | DSC_OP_PIXELS)

#endif
