/* SPDX-License-Identifier: MIT */
/* global_max_pool.c: the maximum of each channel.
 *
 *   x (C, ...)  ->  y (C)        y[c] = max of x[c]        dx = dy at the first maximum, else 0
 *
 * A NaN in the channel makes the result NaN. */
#include "op/op.h"
#include "op/writing.h"

static void needs(dsc_needs *needs) { needs->saved_per_sample = needs->in[0].size[0] * sizeof(uint32_t); }

static void forward(const dsc_call *call) {
    size_t pixels = dsc_shape_count(&call->in_shape[0]) / call->in_shape[0].size[0];
    uint32_t *places = call->saved;
    for (size_t p = 0; p < dsc_out_numbers(call, 0); p++) {
        const dsc_real *x = call->in[0] + p * pixels;
        dsc_real most = call->out[0][p] = call->kernels->vector->max(x, pixels);
        if (!places) continue;
        uint32_t at = 0;
        while (at + 1 < pixels && x[at] != most && x[at] == x[at]) at++;
        places[p] = at;
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t pixels = dsc_shape_count(&call->in_shape[0]) / call->in_shape[0].size[0];
    const uint32_t *places = call->saved;
    call->kernels->vector->fill(call->d_in[0], 0, dsc_in_numbers(call, 0));
    for (size_t p = 0; p < dsc_out_numbers(call, 0); p++)
        call->d_in[0][p * pixels + places[p]] = call->d_out[0][p];
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t channels = at->in[0].size[0];
    dsc_write_line(writing, "largest(out0, in0, %zu, %zu)", channels, dsc_shape_count(&at->in[0]) / channels);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t channels = at->in[0].size[0];
    dsc_write_line(writing, "largest_whole(out0, wide, from, in0, wide0, from0, %zu, %zu)", channels,
                   dsc_shape_count(&at->in[0]) / channels);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_reduction(writing, at, "GlobalMaxPool", "ReduceMax");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {1, 1, 1}}}},
    {.roles = "s", .in = {{3, {5, 7, 3}}}},
    {.roles = "s", .in = {{2, {3, 37}}}},
    {.roles = "s",
     .in = {{3, {3, 2, 2}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1),
     .expected = DSC_NUMBERS(2, 1.75, 4)},
    {0},
};

const dsc_op dsc_op_global_max_pool = {
    .size = sizeof(dsc_op),
    .name = "global-max-pool",
    .help = "largest value of each channel",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_same,
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = dsc_shapes_channels,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_global_max_pool(dsc_node *x) {
    return dsc_apply(&dsc_op_global_max_pool, (dsc_node *[]){x}, 1, NULL);
}
