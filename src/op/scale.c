/* SPDX-License-Identifier: MIT */
/* scale.c: multiplies a value by a constant.
 *
 *   y = factor x        dx = factor dy */
#include "op/elementwise.h"
#include "op/writing.h"

#include "base/text.h"

typedef struct scale_values {
    double factor;
} scale_values;

static const dsc_param params[] = {
    DSC_REAL(scale_values, factor, NULL, 0, 0, "the factor"),
    {0},
};

static dsc_real factor_of(const dsc_call *call) {
    return (dsc_real)((const scale_values *)call->values)->factor;
}

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    call->kernels->vector->scale(y, x, factor_of(call), count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *kept, size_t count) {
    (void)kept;
    call->kernels->vector->scale(dx, dy, factor_of(call), count);
}

DSC_ELEMENTWISE(apply, pass, d_out)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    char factor[32];
    dsc_write_line(writing, "scale(out0, in0, %zu, %s)", dsc_shape_count(&at->in[0]),
                   dsc_format_shortest(factor, (double)(float)((const scale_values *)at->values)->factor));
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    char factor[32];
    dsc_write_line(writing, "scale_whole(out0, in0, wide0, from0, %zu, %s)", dsc_shape_count(&at->in[0]),
                   dsc_format_shortest(factor, (double)(float)((const scale_values *)at->values)->factor));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char factor[32];
    dsc_write_line(writing, "out0 = Mul(in0, {%s})",
                   dsc_format_shortest(factor, ((const scale_values *)at->values)->factor));
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}, .values = "factor=-2"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "factor=0.3"},
    {.roles = "s", .in = {{0}}, .values = "factor=0"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "factor=-1.5",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(3, 0.75, 0, -0.375, -1.5, -4.5)},
    {0},
};

const dsc_op dsc_op_scale = {
    .size = sizeof(dsc_op),
    .name = "scale",
    .help = "product of a value and a constant",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .params = params,
    .values_size = sizeof(scale_values),
    .flags = DSC_ELEMENTWISE_FLAGS,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_scale(dsc_node *x, double factor) {
    return dsc_apply(&dsc_op_scale, (dsc_node *[]){x}, 1, &(scale_values){factor});
}
