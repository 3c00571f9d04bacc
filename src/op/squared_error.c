/* SPDX-License-Identifier: MIT */
/* squared_error.c: the squared distance from a target t: values, or a class (1 for that class, 0 for the
 * others).
 *
 *   loss = f sum over k of (y_k - t_k)^2        dy_k = 2 f (y_k - t_k)
 *
 * f is 1, as in the tutorial, or 1 / (number of outputs) with over=mean. */
#include "op/loss.h"

/* Scratch: one sample's target as values, and the differences. */
static void needs(dsc_needs *needs) {
    needs->scratch = 2 * dsc_shape_count(&needs->in[0]) * sizeof(dsc_real);
}

static void forward(const dsc_call *call) {
    size_t outputs = dsc_shape_count(&call->in_shape[0]);
    dsc_real *one_hot = call->scratch, *distance = one_hot + outputs;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *t = dsc_target_values(call, n, one_hot);
        call->kernels->vector->subtract(distance, call->in[0] + n * outputs, t, outputs);
        call->out[0][n] = dsc_loss_factor(call) * call->kernels->vector->sum_squares(distance, outputs);
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t outputs = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *t = dsc_target_values(call, n, call->scratch);
        dsc_real *d = call->d_in[0] + n * outputs;
        call->kernels->vector->subtract(d, call->in[0] + n * outputs, t, outputs);
        call->kernels->vector->scale(d, d, 2 * dsc_loss_factor(call) * call->d_out[0][n], outputs);
    }
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "st", .in = {{1, {10}}, {0}}},
    {.roles = "st", .in = {{1, {7}}, {1, {1}}}, .values = "over=mean"},
    {.roles = "st", .in = {{3, {3, 5, 7}}, {3, {3, 5, 7}}}, .values = "over=mean"},
    {.roles = "st", .in = {{1, {1}}, {1, {1}}}},
    {.roles = "st",
     .in = {{1, {3}}, {0}},
     .given = DSC_NUMBERS(1, -2, 0.5, 2),
     .expected = DSC_NUMBERS(5.25)},
    {.roles = "st",
     .in = {{1, {3}}, {1, {3}}},
     .values = "over=mean",
     .given = DSC_NUMBERS(1, -2, 0.5, 0.25, 0, 0.75),
     .expected = DSC_NUMBERS(1.541666667)},
    {0},
};

const dsc_op dsc_op_squared_error = {
    .size = sizeof(dsc_op),
    .name = "squared-error",
    .help = "loss: squared distance from the target",
    .params = dsc_loss_params,
    .values_size = sizeof(dsc_loss_values),
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_LOSS,
    .keeps_inputs = 1 | 2,
    .shapes = dsc_shapes_loss,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_squared_error(dsc_node *output, dsc_node *target, bool mean) {
    return dsc_apply(&dsc_op_squared_error, (dsc_node *[]){output, target}, 2, &(dsc_loss_values){mean});
}
