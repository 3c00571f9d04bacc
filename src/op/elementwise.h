/* SPDX-License-Identifier: MIT */
/* elementwise.h: what ops share that make each number of the output from the one at its place in the input.
 * Such an op is two functions over `count` numbers, the formula and its derivative:
 *
 *   static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count)
 *   static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *kept,
 *                    size_t count)
 *   DSC_ELEMENTWISE(apply, pass, out)     kept is the output; with `in` the input; with `d_out` dy
 *   const dsc_op dsc_op_tanh = {.name = "tanh", ..., DSC_ELEMENTWISE_FIELDS, .keeps_outputs = 1};
 *
 * `count` is at most DSC_ELEMENTS, so that what is computed on the way fits an array. y may be x, and dx may
 * be dy. */
#ifndef DSC_OP_ELEMENTWISE_H
#define DSC_OP_ELEMENTWISE_H

#include "op/op.h"

#include "base/limits.h"

enum { DSC_ELEMENTS = DSC_USUALLY(1024, 1) };

#define DSC_ELEMENTWISE(apply, pass, kept)                                                                   \
    static void forward(const dsc_call *call) {                                                              \
        for (size_t i = 0, all = dsc_out_numbers(call, 0); i < all; i += DSC_ELEMENTS)                       \
            apply(call, call->out[0] + i, call->in[0] + i, dsc_smaller(all - i, DSC_ELEMENTS));              \
    }                                                                                                        \
    static void backward(const dsc_call *call) {                                                             \
        if (!call->d_in[0]) return;                                                                          \
        for (size_t i = 0, all = dsc_out_numbers(call, 0); i < all; i += DSC_ELEMENTS)                       \
            pass(call, call->d_in[0] + i, call->d_out[0] + i, call->kept[0] + i,                             \
                 dsc_smaller(all - i, DSC_ELEMENTS));                                                        \
    }                                                                                                        \
    static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};            \
    static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1},   \
                                                {0}};

#define DSC_ELEMENTWISE_FIELDS                                                                               \
    .least_inputs = 1, .most_inputs = 1, .shapes = dsc_shapes_same, .forward = forward_stages,               \
    .backward = backward_stages, .examples = examples

#endif
