/* SPDX-License-Identifier: MIT */
/* slice.c: a range of a value along one dimension.
 *
 *   y = x[..., begin : begin + count, ...]        dx = dy there, 0 elsewhere */
#include "op/op.h"

typedef struct slice_values {
    int64_t axis, begin, count;
} slice_values;

static const dsc_param params[] = {
    DSC_INT(slice_values, axis, "0", 0, DSC_RANK_MOST - 1, "dimension, counted from 0"),
    DSC_INT(slice_values, begin, "0", 0, 1 << 30, "first index, counted from 0"),
    DSC_INT(slice_values, count, NULL, 1, 1 << 30, "how many"),
    {0},
};

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const slice_values *values = rule->values;
    rule->out[0] = rule->in[0];
    if (values->axis < 0 || (size_t)values->axis >= rule->in[0].rank)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "there is no dimension %lld; dimensions count from 0",
                        (long long)values->axis);
    size_t *size = &rule->out[0].size[values->axis];
    if (values->begin < 0 || values->count < 1 || (size_t)values->begin >= *size ||
        (size_t)values->count > *size - (size_t)values->begin)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "cannot take %lld from index %lld: dimension %lld has %zu",
                        (long long)values->count, (long long)values->begin, (long long)values->axis, *size);
    *size = (size_t)values->count;
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

/* A sample of x consists of `many` runs of `whole` elements; the op takes `part` of each from `begin`. */
typedef struct runs {
    size_t many, whole, begin, part;
} runs;

static runs runs_of(const dsc_shape *in, const slice_values *values) {
    size_t inner = 1;
    for (size_t i = (size_t)values->axis + 1; i < in->rank; i++) inner *= in->size[i];
    runs r = {.whole = in->size[values->axis] * inner,
              .begin = (size_t)values->begin * inner,
              .part = (size_t)values->count * inner};
    r.many = dsc_shape_count(in) / r.whole;
    return r;
}

static void forward(const dsc_call *call) {
    const runs r = runs_of(&call->in_shape[0], call->values);
    for (size_t i = 0; i < call->count * r.many; i++)
        memcpy(call->out[0] + i * r.part, call->in[0] + i * r.whole + r.begin, r.part * sizeof(dsc_real));
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    const runs r = runs_of(&call->in_shape[0], call->values);
    memset(call->d_in[0], 0, call->count * r.many * r.whole * sizeof(dsc_real));
    for (size_t i = 0; i < call->count * r.many; i++)
        memcpy(call->d_in[0] + i * r.whole + r.begin, call->d_out[0] + i * r.part, r.part * sizeof(dsc_real));
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const slice_values *values = at->values;
    const runs r = runs_of(&at->in[0], values);
    dsc_write_line(writing, "copy_part(out0, in0, %zu, %zu, %zu, %zu)", r.many, r.whole, r.begin, r.part);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const slice_values *values = at->values;
    const runs r = runs_of(&at->in[0], values);
    dsc_write_line(writing, "copy_part_whole(out0, wide, from, in0, wide0, from0, 0, %zu, %zu, %zu, %zu)",
                   r.many, r.whole, r.begin, r.part);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const slice_values *v = at->values;
    dsc_write_line(writing, "out0 = Slice(in0, [%lld], [%lld], [%lld])", (long long)v->begin,
                   (long long)v->begin + (long long)v->count, (long long)v->axis + 1);
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}, .values = "count=1"},
    {.roles = "s", .in = {{1, {37}}}, .values = "begin=5 count=19"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "begin=1 count=2"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "axis=1 begin=2 count=3"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "axis=2 count=1"},
    {.roles = "s",
     .in = {{2, {2, 3}}},
     .values = "axis=1 begin=1 count=2",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75),
     .expected = DSC_NUMBERS(2, -1.5, 0.125, -0.75)},
    {0},
};

const dsc_op dsc_op_slice = {
    .size = sizeof(dsc_op),
    .name = "slice",
    .help = "part of a value along one dimension",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_same,
    .params = params,
    .values_size = sizeof(slice_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_slice(dsc_node *x, size_t axis, size_t begin, size_t count) {
    return dsc_apply(&dsc_op_slice, (dsc_node *[]){x}, 1,
                     &(slice_values){(int64_t)axis, (int64_t)begin, (int64_t)count});
}
