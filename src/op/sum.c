/* SPDX-License-Identifier: MIT */
/* sum.c: the sum of a sample's values; a scalar.
 *
 *   y = sum over i of x_i        dx_i = dy */
#include "op/rows.h"
#include "op/writing.h"

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    rule->out[0] = (dsc_shape){0};
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "sum(out0, in0, %zu)", dsc_shape_count(&at->in[0]));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_reduction(writing, at, NULL, "ReduceSum");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_sum}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = dsc_rows_sum_back, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{0}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}},
    {.roles = "s",
     .in = {{2, {2, 3}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75),
     .expected = DSC_NUMBERS(-0.625)},
    {0},
};

const dsc_op dsc_op_sum = {
    .size = sizeof(dsc_op),
    .name = "sum",
    .help = "sum of a sample's values, one number",
    .onnx = write_onnx,
    .c = write_c,
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_sum(dsc_node *x) { return dsc_apply(&dsc_op_sum, (dsc_node *[]){x}, 1, NULL); }
