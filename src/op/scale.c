/* SPDX-License-Identifier: MIT */
/* scale.c: a value times a constant.
 *
 *   y = factor x        dx = factor dy
 */
#include "op/op.h"

typedef struct scale_values {
    double factor;
} scale_values;

static const dsc_param params[] = {
    DSC_REAL(scale_values, factor, NULL, 0, 0, "the constant"),
    {0},
};

static dsc_real factor_of(const dsc_call *call) {
    return (dsc_real)((const scale_values *)call->values)->factor;
}

static void forward(const dsc_call *call) {
    call->kernels->vector->scale(call->out[0], call->in[0], factor_of(call), dsc_out_numbers(call, 0));
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    call->kernels->vector->scale(call->d_in[0], call->d_out[0], factor_of(call), dsc_out_numbers(call, 0));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
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
    .name = "scale",
    .help = "a value times a constant",
    .params = params,
    .values_size = sizeof(scale_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE,
    .shapes = dsc_shapes_same,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_scale(dsc_node *x, double factor) {
    return dsc_apply(&dsc_op_scale, (dsc_node *[]){x}, 1, &(scale_values){factor});
}
