/* SPDX-License-Identifier: MIT */
/* reshape.c: the same elements in the same order with another shape; flatten is the case of rank 1. */
#include "op/op.h"
#include "op/writing.h"

typedef struct reshape_values {
    int64_t size[DSC_RANK_MOST]; /* 0: no such dimension; all 0: flat */
} reshape_values;

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const reshape_values *values = rule->values;
    dsc_shape *out = &rule->out[0];
    size_t count = dsc_shape_count(&rule->in[0]);
    *out = (dsc_shape){0};
    for (size_t i = 0; i < DSC_RANK_MOST && values->size[i]; i++)
        out->size[out->rank++] = (size_t)values->size[i];
    for (size_t i = out->rank; i < DSC_RANK_MOST; i++)
        if (values->size[i])
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "dimension %zu has size 0, but a later one does not",
                            out->rank);
    if (!out->rank) *out = (dsc_shape){.rank = 1, .size = {count}};
    size_t wanted = 1;
    for (size_t i = 0; i < out->rank; i++)
        if (!dsc_multiply(&wanted, wanted, out->size[i])) wanted = 0;
    if (wanted != count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "cannot become %s: that has %zu numbers, found %zu",
                        DSC_SHAPE_TEXT(out), wanted, count);
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

/* In ONNX, 0 copies the input's size: here the batch. */
static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char shape[96];
    if (at->in[0].rank && at->out[0].rank == 1)
        dsc_write_line(writing, "out0 = Flatten(in0) axis=1");
    else
        dsc_write_line(writing, "out0 = Reshape(in0, [0,%s])", dsc_write_shape(shape, &at->out[0]));
}

#define SIZE(k, text)                                                                                        \
    {                                                                                                        \
        text, DSC_PARAM_INT, offsetof(reshape_values, size) + (k) * sizeof(int64_t), "0", 0, 1 << 30, NULL,  \
            "size of dimension " #k "; 0: none"                                                              \
    }
static const dsc_param params[] = {SIZE(0, "a"), SIZE(1, "b"), SIZE(2, "c"), SIZE(3, "d"), {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {2, 3, 5}}}},
    {.roles = "s", .in = {{1, {12}}}, .values = "a=3 b=2 c=2"},
    {.roles = "s", .in = {{2, {1, 7}}}, .values = "a=7 b=1"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "a=3 b=2",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_reshape = {
    .size = sizeof(dsc_op),
    .name = "reshape",
    .help = "same numbers in another shape; without sizes: flat",
    .params = params,
    .values_size = sizeof(reshape_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_VIEW,
    .onnx = write_onnx,
    .shapes = shapes,
    .examples = examples,
};

dsc_node *dsc_flatten(dsc_node *x) {
    return dsc_apply(&dsc_op_reshape, (dsc_node *[]){x}, 1, &(reshape_values){{0}});
}

dsc_node *dsc_reshape(dsc_node *x, dsc_shape shape) {
    reshape_values values = {{0}};
    if (!x) return NULL;
    if (shape.rank > DSC_RANK_MOST)
        return dsc_graph_fail(dsc_node_graph(x), DSC_ERROR_ARGUMENT,
                              "reshape: a shape has at most %d dimensions, not %zu", DSC_RANK_MOST,
                              shape.rank);
    for (size_t i = 0; i < shape.rank; i++) {
        if (shape.size[i] == 0)
            return dsc_graph_fail(dsc_node_graph(x), DSC_ERROR_ARGUMENT, "reshape: dimension %zu has size 0",
                                  i);
        values.size[i] = (int64_t)shape.size[i];
    }
    return dsc_apply(&dsc_op_reshape, (dsc_node *[]){x}, 1, &values);
}
