/* SPDX-License-Identifier: MIT */
/* global_sum_pool.c: the sum of each channel: an average pool without the division, for integer networks.
 *
 *   x (C, ...)  ->  y (C)        y[c] = sum of x[c]        dx[c, i] = dy[c] */
#include "op/rows.h"
#include "op/writing.h"

#include <math.h>

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_reduction(writing, at, NULL, "ReduceSum");
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t channels = at->in[0].size[0];
    dsc_write_line(writing, "sum_rows(out0, in0, %zu, %zu)", channels,
                   dsc_shape_count(&at->in[0]) / channels);
}

/* Partial sums stay within these bounds too. */
static bool whole(double *low, double *high, const dsc_whole_rule *rule) {
    const size_t pixels = dsc_shape_count(&rule->in[0]) / rule->in[0].size[0];
    *low = fmin(rule->low[0], 0) * (double)pixels;
    *high = fmax(rule->high[0], 0) * (double)pixels;
    return true;
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t channels = at->in[0].size[0];
    dsc_write_line(
        writing,
        "sum_rows_whole(out0, wide, from, in0, wide0, from0, multiplier, shift, low, high, %zu, %zu)",
        channels, dsc_shape_count(&at->in[0]) / channels);
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_sum}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_sum_back, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {1, 1, 1}}}},
    {.roles = "s", .in = {{3, {5, 7, 3}}}},
    {.roles = "s",
     .in = {{3, {3, 2, 2}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1),
     .expected = DSC_NUMBERS(0, -0.125, 5)},
    {0},
};

const dsc_op dsc_op_global_sum_pool = {
    .size = sizeof(dsc_op),
    .name = "global-sum-pool",
    .help = "sum of each channel",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = whole,
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = dsc_shapes_channels,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};
