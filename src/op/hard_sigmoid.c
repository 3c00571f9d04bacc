/* SPDX-License-Identifier: MIT */
/* hard_sigmoid.c: a piecewise linear logistic function (Courbariaux et al., "BinaryConnect", 2015). With a
 * slope of 1/6, x times it is the hard swish (Howard et al., "Searching for MobileNetV3", 2019).
 *
 *   z = slope x + offset        y = 0 if z < 0, 1 if z > 1, else z        dx = slope dy if 0 < z < 1, else 0
 */
#include "op/elementwise.h"

#include "base/text.h"
#include "op/writing.h"

#include "kernel/loop.h"

typedef struct hard_sigmoid_values {
    double slope, offset;
} hard_sigmoid_values;

static const dsc_param params[] = {
    DSC_REAL(hard_sigmoid_values, slope, "0.2", 0, 1000, "slope between 0 and 1"),
    DSC_REAL(hard_sigmoid_values, offset, "0.5", -1000, 1000, "value at 0"),
    {0},
};

DSC_LOOP(rise, (dsc_real * y, const dsc_real *x, dsc_real slope, dsc_real offset, size_t count), {
    for (size_t i = 0; i < count; i++) {
        const dsc_real z = slope * x[i] + offset;
        y[i] = z < 0 ? 0 : z > 1 ? 1 : z;
    }
})

DSC_LOOP(between,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *x, dsc_real slope, dsc_real offset,
          size_t count),
         {
             for (size_t i = 0; i < count; i++) {
                 const dsc_real z = slope * x[i] + offset;
                 dx[i] = ((z > 0) & (z < 1)) ? slope * dy[i] : 0;
             }
         })

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    const hard_sigmoid_values *values = call->values;
    rise[call->kernels->isa](y, x, (dsc_real)values->slope, (dsc_real)values->offset, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *x, size_t count) {
    const hard_sigmoid_values *values = call->values;
    between[call->kernels->isa](dx, dy, x, (dsc_real)values->slope, (dsc_real)values->offset, count);
}

DSC_ELEMENTWISE(apply, pass, in)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const hard_sigmoid_values *values = at->values;
    char slope[32], offset[32];
    dsc_write_line(writing, "hard_sigmoid(out0, in0, %zu, %s, %s)", dsc_shape_count(&at->in[0]),
                   dsc_format_shortest(slope, (double)(float)values->slope),
                   dsc_format_shortest(offset, (double)(float)values->offset));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const hard_sigmoid_values *values = at->values;
    char slope[32], offset[32];
    dsc_write_line(writing, "out0 = HardSigmoid(in0) alpha=%s beta=%s",
                   dsc_format_shortest(slope, values->slope), dsc_format_shortest(offset, values->offset));
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "slope=0.5 offset=0.25"},
    {.roles = "s", .in = {{3, {3, 11, 29}}}, .values = "slope=1.3 offset=-0.1"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "slope=0.3 offset=0.4",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(0, 0.25, 0.4, 0.475, 0.7, 1)},
    {0},
};

const dsc_op dsc_op_hard_sigmoid = {
    .size = sizeof(dsc_op),
    .name = "hard-sigmoid",
    .help = "slope x + offset, limited to the range from 0 to 1",
    .onnx = write_onnx,
    .c = write_c,
    .params = params,
    .values_size = sizeof(hard_sigmoid_values),
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_inputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_hard_sigmoid(dsc_node *x, double slope, double offset) {
    return dsc_apply(&dsc_op_hard_sigmoid, (dsc_node *[]){x}, 1, &(hard_sigmoid_values){slope, offset});
}
