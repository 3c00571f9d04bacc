/* SPDX-License-Identifier: MIT */
/* leaky_relu.c: the leaky rectified linear unit (Maas et al., 2013).
 *
 *   y = x if x > 0, else slope x        dx = dy if y > 0, else slope dy
 *
 * slope is at least 0, so y has the sign of x, and x need not be kept. */
#include "op/elementwise.h"

#include "base/text.h"
#include "op/tables.h"
#include "op/writing.h"

#include "kernel/loop.h"

const dsc_param dsc_leaky_relu_params[] = {
    DSC_REAL(dsc_leaky_relu_values, slope, "0.01", 0, 1, "factor of negative values"),
    {0},
};

/* out = in where sign > 0, else slope in */
DSC_LOOP(leak, (dsc_real * out, const dsc_real *in, const dsc_real *sign, dsc_real slope, size_t count), {
    for (size_t i = 0; i < count; i++) out[i] = sign[i] > 0 ? in[i] : slope * in[i];
})

static dsc_real slope_of(const dsc_call *call) {
    return (dsc_real)((const dsc_leaky_relu_values *)call->values)->slope;
}

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    leak[call->kernels->isa](y, x, x, slope_of(call), count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    leak[call->kernels->isa](dx, dy, y, slope_of(call), count);
}

DSC_ELEMENTWISE(apply, pass, out)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    char slope[32];
    dsc_write_line(
        writing, "leaky_relu(out0, in0, %zu, %s)", dsc_shape_count(&at->in[0]),
        dsc_format_shortest(slope, (double)(float)((const dsc_leaky_relu_values *)at->values)->slope));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char slope[32];
    dsc_write_line(writing, "out0 = LeakyRelu(in0) alpha=%s",
                   dsc_format_shortest(slope, ((const dsc_leaky_relu_values *)at->values)->slope));
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}, .values = "slope=0.3"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "slope=0"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "slope=0.2",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-0.4, -0.1, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_leaky_relu = {
    .size = sizeof(dsc_op),
    .name = "leaky-relu",
    .help = "x if x > 0, else slope x",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_leaky_relu_params,
    .values_size = sizeof(dsc_leaky_relu_values),
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_outputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_leaky_relu(dsc_node *x, double slope) {
    return dsc_apply(&dsc_op_leaky_relu, (dsc_node *[]){x}, 1, &(dsc_leaky_relu_values){slope});
}
