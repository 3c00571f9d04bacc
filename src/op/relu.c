/* SPDX-License-Identifier: MIT */
/* relu.c: the rectified linear unit (Nair and Hinton, 2010).
 *
 *   y = x if x > 0, else 0        dx = dy if y > 0, else 0
 */
#include "op/op.h"

static void forward(const dsc_call *call) {
    call->kernels->vector->relu(call->out[0], call->in[0], dsc_out_numbers(call, 0));
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    call->kernels->vector->relu_back(call->d_in[0], call->d_out[0], call->out[0], dsc_out_numbers(call, 0));
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
     .expected = DSC_NUMBERS(0, 0, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_relu = {
    .name = "relu",
    .help = "the positive part",
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE | DSC_OP_RELU,
    .keeps_outputs = 1,
    .shapes = dsc_shapes_same,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_relu(dsc_node *x) { return dsc_apply(&dsc_op_relu, (dsc_node *[]){x}, 1, NULL); }
