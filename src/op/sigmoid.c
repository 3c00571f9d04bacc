/* SPDX-License-Identifier: MIT */
/* sigmoid.c: the logistic function.
 *
 *   y = 1 / (1 + exp(-x))        dx = dy y (1 - y)
 */
#include "op/op.h"

#include "kernel/loop.h"

DSC_LOOP(slope, (dsc_real * dx, const dsc_real *dy, const dsc_real *y, size_t count), {
    for (size_t i = 0; i < count; i++) dx[i] = dy[i] * (y[i] * (1 - y[i]));
})

static void forward(const dsc_call *call) {
    call->kernels->vector->sigmoid(call->out[0], call->in[0], dsc_out_numbers(call, 0));
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    slope[call->kernels->isa](call->d_in[0], call->d_out[0], call->out[0], dsc_out_numbers(call, 0));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(0.119202922, 0.3775406688, 0.5, 0.5621765009, 0.7310585786, 0.9525741268)},
    {0},
};

const dsc_op dsc_op_sigmoid = {
    .name = "sigmoid",
    .help = "the logistic function: between 0 and 1",
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE,
    .keeps_outputs = 1,
    .shapes = dsc_shapes_same,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_sigmoid(dsc_node *x) { return dsc_apply(&dsc_op_sigmoid, (dsc_node *[]){x}, 1, NULL); }
