/* SPDX-License-Identifier: MIT */
/* silu.c: the sigmoid linear unit, also called swish (Elfwing et al., 2018; Ramachandran et al., 2017).
 *
 *   y = x s,  s = 1 / (1 + exp(-x))        dx = dy (s + y (1 - s))
 *
 * The backward pass recomputes s, which is cheaper than storing it. */
#include "op/elementwise.h"

#include "kernel/loop.h"

DSC_LOOP(slope,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *x, const dsc_real *restrict s, size_t count), {
             for (size_t i = 0; i < count; i++) dx[i] = dy[i] * (s[i] + x[i] * s[i] * (1 - s[i]));
         })

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    dsc_real s[DSC_ELEMENTS];
    call->kernels->vector->sigmoid(s, x, count);
    call->kernels->vector->multiply(y, x, s, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *x, size_t count) {
    dsc_real s[DSC_ELEMENTS];
    call->kernels->vector->sigmoid(s, x, count);
    slope[call->kernels->isa](dx, dy, x, s, count);
}

DSC_ELEMENTWISE(apply, pass, in)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "silu(out0, in0, %zu)", dsc_shape_count(&at->in[0]));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    (void)at;
    dsc_write_line(writing, "a = Sigmoid(in0)");
    dsc_write_line(writing, "out0 = Mul(in0, a)");
}

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
    .size = sizeof(dsc_op),
    .name = "silu",
    .help = "x times its logistic function",
    .onnx = write_onnx,
    .c = write_c,
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_inputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_silu(dsc_node *x) { return dsc_apply(&dsc_op_silu, (dsc_node *[]){x}, 1, NULL); }
