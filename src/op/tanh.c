/* SPDX-License-Identifier: MIT */
/* tanh.c: the hyperbolic tangent.
 *
 *   y = tanh(x)        dx = dy (1 - y^2)
 */
#include "op/elementwise.h"

#include "kernel/loop.h"

DSC_LOOP(slope, (dsc_real * dx, const dsc_real *dy, const dsc_real *y, size_t count), {
    for (size_t i = 0; i < count; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
})

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    call->kernels->vector->tanh(y, x, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    slope[call->kernels->isa](dx, dy, y, count);
}

DSC_ELEMENTWISE(apply, pass, out)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "hyperbolic_tangent(out0, in0, %zu)", dsc_shape_count(&at->in[0]));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    (void)at;
    dsc_write_line(writing, "out0 = Tanh(in0)");
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-0.9640275801, -0.4621171573, 0, 0.2449186624, 0.761594156, 0.9950547537)},
    {0},
};

const dsc_op dsc_op_tanh = {
    .size = sizeof(dsc_op),
    .name = "tanh",
    .help = "hyperbolic tangent, between -1 and 1",
    .onnx = write_onnx,
    .c = write_c,
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_outputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_tanh(dsc_node *x) { return dsc_apply(&dsc_op_tanh, (dsc_node *[]){x}, 1, NULL); }
