/* SPDX-License-Identifier: MIT */
/* silu.c: the sigmoid linear unit, also called swish (Elfwing et al., 2018; Ramachandran et al., 2017).
 *
 *   y = x s,  s = 1 / (1 + exp(-x))        dx = dy (s + y (1 - s))
 *
 * s is computed again on the way back, a block at a time: cheaper than keeping it.
 */
#include "op/op.h"

#include "base/limits.h"
#include "kernel/loop.h"

enum { BLOCK = DSC_USUALLY(512, 1) };

DSC_LOOP(slope,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *x, const dsc_real *restrict s, size_t count), {
             for (size_t i = 0; i < count; i++) dx[i] = dy[i] * (s[i] + x[i] * s[i] * (1 - s[i]));
         })

static void forward(const dsc_call *call) {
    dsc_real s[BLOCK];
    for (size_t i = 0, all = dsc_out_numbers(call, 0); i < all; i += BLOCK) {
        size_t n = all - i < BLOCK ? all - i : BLOCK;
        call->kernels->vector->sigmoid(s, call->in[0] + i, n);
        call->kernels->vector->multiply(call->out[0] + i, call->in[0] + i, s, n);
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    dsc_real s[BLOCK];
    for (size_t i = 0, all = dsc_out_numbers(call, 0); i < all; i += BLOCK) {
        size_t n = all - i < BLOCK ? all - i : BLOCK;
        call->kernels->vector->sigmoid(s, call->in[0] + i, n);
        slope[call->kernels->isa](call->d_in[0] + i, call->d_out[0] + i, call->in[0] + i, s, n);
    }
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 11, 29}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-0.238405844, -0.1887703344, 0, 0.1405441252, 0.7310585786, 2.85772238)},
    {0},
};

const dsc_op dsc_op_silu = {
    .name = "silu",
    .help = "x times its logistic function",
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE,
    .keeps_inputs = 1,
    .shapes = dsc_shapes_same,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_silu(dsc_node *x) { return dsc_apply(&dsc_op_silu, (dsc_node *[]){x}, 1, NULL); }
