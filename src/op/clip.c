/* SPDX-License-Identifier: MIT */
/* clip.c: limits values to a range: ReLU6 with the range from 0 to 6 (Howard et al., "MobileNets", 2017), the
 * hard hyperbolic tangent with -1 to 1.
 *
 *   y = low if x < low, high if x > high, else x        dx = dy if low < y < high, else 0
 */
#include "op/elementwise.h"

#include "base/text.h"
#include "op/tables.h"
#include "op/writing.h"

#include "kernel/loop.h"

const dsc_param dsc_clip_params[] = {
    DSC_REAL(dsc_clip_values, low, "-1", 0, 0, "least value"),
    DSC_REAL(dsc_clip_values, high, "1", 0, 0, "largest value"),
    {0},
};

DSC_LOOP(limit, (dsc_real * y, const dsc_real *x, dsc_real low, dsc_real high, size_t count), {
    for (size_t i = 0; i < count; i++) y[i] = x[i] < low ? low : x[i] > high ? high : x[i];
})

DSC_LOOP(between,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *y, dsc_real low, dsc_real high, size_t count), {
             for (size_t i = 0; i < count; i++) dx[i] = ((y[i] > low) & (y[i] < high)) ? dy[i] : 0;
         })

/* A bound, rounded as the values are stored: otherwise a stored value at the bound could lie inside. */
static dsc_real stored(const dsc_call *call, double bound) {
    if (call->out_form[0] != DSC_FORM_PIXELS_BF16) return (dsc_real)bound;
    return (dsc_real)dsc_bf16_to_float(dsc_bf16_from_float((float)bound));
}

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    const dsc_clip_values *values = call->values;
    limit[call->kernels->isa](y, x, (dsc_real)values->low, (dsc_real)values->high, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    const dsc_clip_values *values = call->values;
    between[call->kernels->isa](dx, dy, y, stored(call, values->low), stored(call, values->high), count);
}

DSC_ELEMENTWISE(apply, pass, out)

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_clip_values *values = rule->values;
    if (!(values->low < values->high) || values->low < -DSC_CLIP_FAR || values->high > DSC_CLIP_FAR)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "low must be less than high, and both must be from -1e38 to 1e38; found low=%g and "
                        "high=%g",
                        values->low, values->high);
    return dsc_shapes_same(rule, error);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_clip_values *values = at->values;
    char low[32], high[32];
    dsc_write_line(writing, "clip(out0, in0, %zu, %s, %s)", dsc_shape_count(&at->in[0]),
                   dsc_format_shortest(low, (double)(float)values->low),
                   dsc_format_shortest(high, (double)(float)values->high));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_clip_values *values = at->values;
    char low[32], high[32];
    (void)dsc_format_shortest(low, values->low);
    if (values->high == DSC_CLIP_FAR)
        dsc_write_line(writing, "out0 = Clip(in0, {%s})", low);
    else
        dsc_write_line(writing, "out0 = Clip(in0, {%s}, {%s})", low, dsc_format_shortest(high, values->high));
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "low=-0.3 high=0.7"},
    {.roles = "s", .in = {{3, {3, 11, 29}}}, .values = "low=0.1 high=1e38"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "low=-0.75 high=0.5",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-0.75, -0.5, 0, 0.25, 0.5, 0.5)},
    {0},
};

const dsc_op dsc_op_clip = {
    .size = sizeof(dsc_op),
    .name = "clip",
    .help = "x, limited to a range",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_clip_params,
    .values_size = sizeof(dsc_clip_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_outputs = 1,
    .shapes = shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_clip(dsc_node *x, double low, double high) {
    return dsc_apply(&dsc_op_clip, (dsc_node *[]){x}, 1, &(dsc_clip_values){low, high});
}
