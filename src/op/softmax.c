/* SPDX-License-Identifier: MIT */
/* softmax.c: probabilities from logits, along the last dimension.
 *
 *   y_k = exp(x_k) / sum over j of exp(x_j)        dx = y (dy - sum over j of dy_j y_j)
 *
 * As a loss, use softmax-cross-entropy: it does both in one op and is more accurate. */
#include "op/op.h"

#include "kernel/loop.h"

DSC_LOOP(slope, (dsc_real * dx, const dsc_real *dy, const dsc_real *restrict y, dsc_real sum, size_t count), {
    for (size_t i = 0; i < count; i++) dx[i] = y[i] * (dy[i] - sum);
})

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    if (!rule->in[0].rank) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (..., K)");
    return dsc_shapes_same(rule, error);
}

static void forward(const dsc_call *call) {
    size_t classes = call->in_shape[0].size[call->in_shape[0].rank - 1];
    for (size_t at = 0; at < dsc_out_numbers(call, 0); at += classes)
        call->kernels->vector->softmax(call->out[0] + at, call->in[0] + at, classes);
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t classes = call->in_shape[0].size[call->in_shape[0].rank - 1];
    for (size_t at = 0; at < dsc_out_numbers(call, 0); at += classes) {
        const dsc_real *dy = call->d_out[0] + at, *y = call->out[0] + at;
        slope[call->kernels->isa](call->d_in[0] + at, dy, y, call->kernels->vector->dot(dy, y, classes),
                                  classes);
    }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t classes = at->in[0].size[at->in[0].rank - 1];
    dsc_write_line(writing, "softmax(out0, in0, %zu, %zu)", dsc_shape_count(&at->in[0]) / classes, classes);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    (void)at;
    dsc_write_line(writing, "out0 = Softmax(in0) axis=-1");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}},
    {.roles = "s",
     .in = {{2, {2, 3}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75),
     .expected =
         DSC_NUMBERS(0.3705751009, 0.6109750512, 0.01844984788, 0.07774090862, 0.6509166585, 0.2713424329)},
    {0},
};

const dsc_op dsc_op_softmax = {
    .size = sizeof(dsc_op),
    .name = "softmax",
    .help = "probabilities from logits, along the last dimension",
    .onnx = write_onnx,
    .c = write_c,
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE,
    .keeps_outputs = 1,
    .shapes = shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_softmax(dsc_node *x) { return dsc_apply(&dsc_op_softmax, (dsc_node *[]){x}, 1, NULL); }
