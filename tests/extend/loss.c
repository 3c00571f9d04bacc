/* SPDX-License-Identifier: MIT */
/* my_thing.c: the pseudo-Huber loss of values y and a target t, with class weights w (1 without weights).
 * Charbonnier et al., "Two deterministic half-quadratic regularization algorithms" (1994).
 *
 *   r_k = sqrt(1 + (y_k - t_k)^2)
 *   loss = sum over k of w_k (r_k - 1)        dy_k = w_k (y_k - t_k) / r_k */
#include "op/op.h"

#include <math.h>

/* Inputs: the values, the class weights (optional), the target. */
static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    dsc_status status = dsc_shapes_loss(rule, error);
    if (status || rule->input_count == 2) return status;
    if (!dsc_shape_equal(&rule->in[1], &rule->in[0]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a weight for each class, found %s",
                        DSC_SHAPE_TEXT(&rule->in[1]));
    return dsc_expect_role(rule, 1, DSC_ROLE_BUFFER, "the class weights", error);
}

/* Scratch memory for the target of one sample. */
static void needs(dsc_needs *needs) { needs->scratch = dsc_shape_count(&needs->in[0]) * sizeof(dsc_real); }

static dsc_real weight_of(const dsc_call *call, size_t k) {
    return call->input_count == 3 ? call->in[1][k] : 1;
}

static dsc_real root_of(dsc_real distance) { return (dsc_real)sqrt(1 + (double)distance * (double)distance); }

static void forward(const dsc_call *call) {
    const size_t outputs = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *y = call->in[0] + n * outputs, *t = dsc_target_values(call, n, call->scratch);
        dsc_real sum = 0;
        for (size_t k = 0; k < outputs; k++) sum += weight_of(call, k) * (root_of(y[k] - t[k]) - 1);
        call->out[0][n] = sum;
    }
}

static void backward(const dsc_call *call) {
    const size_t outputs = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count && call->d_in[0]; n++) {
        const dsc_real *y = call->in[0] + n * outputs, *t = dsc_target_values(call, n, call->scratch);
        dsc_real *d = call->d_in[0] + n * outputs;
        for (size_t k = 0; k < outputs; k++)
            d[k] = call->d_out[0][n] * weight_of(call, k) * (y[k] - t[k]) / root_of(y[k] - t[k]);
    }
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};

/* Compute `expected` with NumPy, not with this program: tests/golden/op-examples.py shows how. */
static const dsc_op_example examples[] = {
    {.roles = "st", .in = {{1, {10}}, {0}}},
    {.roles = "st", .in = {{1, {7}}, {1, {7}}}},
    {.roles = "st", .in = {{1, {1}}, {1, {1}}}},
    {.roles = "sbt", .in = {{1, {10}}, {1, {10}}, {0}}},
    {.roles = "sbt",
     .in = {{1, {3}}, {1, {3}}, {1, {3}}},
     .given = DSC_NUMBERS(1, -2, 0.5, 2, 0.5, 3, 0.25, 0, 0.75),
     .expected = DSC_NUMBERS(1.2103632080)},
    {0},
};

const dsc_op dsc_op_my_thing = {
    .size = sizeof(dsc_op),
    .name = "my-thing",
    .help = "a loss: the distance from the target, squared where it is small",
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LOSS,
    .keeps_inputs = 1 | 2 | 4,
    .never_negative = 2, /* the weights */
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};
