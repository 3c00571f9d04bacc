/* SPDX-License-Identifier: MIT */
/* concat.c: concatenates values along the first dimension.
 *
 *   (C1, ...), (C2, ...), ...  ->  (C1 + C2 + ..., ...)        each gradient is its part of dy */
#include "op/op.h"
#include "op/writing.h"

enum { INPUTS = 8 };

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    rule->out[0] = rule->in[0];
    if (!rule->in[0].rank) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C, ...)");
    for (size_t i = 0; i < rule->input_count; i++) {
        dsc_shape same = rule->in[i];
        same.size[0] = rule->in[0].size[0];
        if (!dsc_shape_equal(&same, &rule->in[0]))
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "the shapes may differ only in the first dimension");
        if (i > 0) rule->out[0].size[0] += rule->in[i].size[0];
        dsc_status status = dsc_expect_role(rule, i, DSC_ROLE_SAMPLE, "each input", error);
        if (status) return status;
    }
    return DSC_OK;
}

static void forward(const dsc_call *call) {
    dsc_real *y = call->out[0];
    for (size_t n = 0; n < call->count; n++)
        for (size_t i = 0; i < call->input_count; i++) {
            size_t part = dsc_shape_count(&call->in_shape[i]);
            memcpy(y, call->in[i] + n * part, part * sizeof *y);
            y += part;
        }
}

static void backward(const dsc_call *call) {
    const dsc_real *dy = call->d_out[0];
    for (size_t n = 0; n < call->count; n++)
        for (size_t i = 0; i < call->input_count; i++) {
            size_t part = dsc_shape_count(&call->in_shape[i]);
            if (call->d_in[i]) memcpy(call->d_in[i] + n * part, dy, part * sizeof *dy);
            dy += part;
        }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    for (size_t i = 0, begin = 0; i < at->input_count; i++) {
        const size_t part = dsc_shape_count(&at->in[i]);
        dsc_write_line(writing, "copy_part(out0+%zu, in%zu, 1, %zu, 0, %zu)", begin, i, part, part);
        begin += part;
    }
}

static bool whole(double *low, double *high, const dsc_whole_rule *rule) {
    *low = rule->low[0];
    *high = rule->high[0];
    for (size_t i = 1; i < rule->input_count; i++) {
        if (rule->low[i] < *low) *low = rule->low[i];
        if (rule->high[i] > *high) *high = rule->high[i];
    }
    return true;
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    for (size_t i = 0, begin = 0; i < at->input_count; i++) {
        const size_t part = dsc_shape_count(&at->in[i]);
        dsc_write_line(writing,
                       "copy_part_whole(out0, wide, from, in%zu, wide%zu, from%zu, %zu, 1, %zu, 0, %zu)", i,
                       i, i, begin, part, part);
        begin += part;
    }
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_text list = {0};
    for (size_t i = 0; i < at->input_count; i++) dsc_text_append(&list, "%sin%zu", i ? ", " : "", i);
    if (list.failed) writing->text.failed = true;
    dsc_write_line(writing, "out0 = Concat(%s) axis=1", list.data ? list.data : "");
    dsc_text_free(&list);
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = (1u << INPUTS) - 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "ss", .in = {{1, {1}}, {1, {7}}}},
    {.roles = "sss", .in = {{3, {3, 5, 7}}, {3, {1, 5, 7}}, {3, {2, 5, 7}}}},
    {.roles = "ss",
     .in = {{3, {1, 2, 2}}, {3, {2, 2, 2}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1),
     .expected = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1)},
    {0},
};

const dsc_op dsc_op_concat = {
    .size = sizeof(dsc_op),
    .name = "concat",
    .help = "concatenation along the first dimension",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = whole,
    .least_inputs = 2,
    .most_inputs = INPUTS,
    .shapes = shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_concat(dsc_node *const *inputs, size_t count) {
    return dsc_apply(&dsc_op_concat, inputs, count, NULL);
}
