/* SPDX-License-Identifier: MIT */
/* global_average_pool.c: the mean of each channel (Lin et al., "Network in network", 2014).
 *
 *   x (C, ...)  ->  y (C)        y[c] = mean of x[c]        dx[c, i] = dy[c] / pixels */
#include "op/rows.h"
#include "op/writing.h"

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t channels = at->in[0].size[0];
    dsc_write_line(writing, "mean(out0, in0, %zu, %zu)", channels, dsc_shape_count(&at->in[0]) / channels);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_reduction(writing, at, "GlobalAveragePool", "ReduceMean");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_mean}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_mean_back, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {1, 1, 1}}}},
    {.roles = "s", .in = {{3, {5, 7, 3}}}},
    {.roles = "s", .in = {{2, {3, 37}}}},
    {.roles = "s",
     .in = {{3, {3, 2, 2}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1),
     .expected = DSC_NUMBERS(0, -0.03125, 1.25)},
    {0},
};

const dsc_op dsc_op_global_average_pool = {
    .size = sizeof(dsc_op),
    .name = "global-average-pool",
    .help = "average of each channel",
    .onnx = write_onnx,
    .c = write_c,
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = dsc_shapes_channels,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_global_average_pool(dsc_node *x) {
    return dsc_apply(&dsc_op_global_average_pool, (dsc_node *[]){x}, 1, NULL);
}
