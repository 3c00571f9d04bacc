/* SPDX-License-Identifier: MIT */
/* mul.c: the element-wise product of two values.
 *
 *   y = a b        da = dy b        db = dy a, summed over the repeated dimensions of b
 *
 * b has the shape of a, or the shape of a's leading dimensions and is repeated along the others: (C, H, W)
 * times (C) weights channels (Hu et al., "Squeeze-and-excitation networks", 2018). b is a sample value or a
 * parameter. */
#include "op/op.h"
#include "op/writing.h"

#include "kernel/loop.h"

DSC_LOOP(add_products,
         (dsc_real *restrict sum, const dsc_real *restrict a, const dsc_real *restrict b, size_t count), {
             for (size_t i = 0; i < count; i++) sum[i] += a[i] * b[i];
         })

static size_t repeats(const dsc_call *call) {
    return dsc_shape_count(&call->in_shape[0]) / dsc_shape_count(&call->in_shape[1]);
}

/* out = a b, for one sample */
static void multiply(const dsc_call *call, dsc_real *out, const dsc_real *a, const dsc_real *b) {
    size_t each = repeats(call), many = dsc_shape_count(&call->in_shape[1]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    if (each == 1) vector->multiply(out, a, b, many);
    for (size_t i = 0; i < many && each > 1; i++) vector->scale(out + i * each, a + i * each, b[i], each);
}

static const dsc_real *b_of(const dsc_call *call, size_t n) {
    return call->in[1] + (call->role[1] == DSC_ROLE_SAMPLE ? n * dsc_shape_count(&call->in_shape[1]) : 0);
}

static void forward(const dsc_call *call) {
    size_t all = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count; n++)
        multiply(call, call->out[0] + n * all, call->in[0] + n * all, b_of(call, n));
}

static void backward_b(const dsc_call *call) {
    size_t each = repeats(call), many = dsc_shape_count(&call->in_shape[1]);
    bool shared = call->role[1] != DSC_ROLE_SAMPLE;
    const dsc_vector_kernels *vector = call->kernels->vector;
    vector->fill(call->d_in[1], 0, shared ? many : call->count * many);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *dy = call->d_out[0] + n * many * each, *a = call->in[0] + n * many * each;
        dsc_real *db = call->d_in[1] + (shared ? 0 : n * many);
        if (each == 1) add_products[call->kernels->isa](db, dy, a, many);
        for (size_t i = 0; i < many && each > 1; i++) db[i] += vector->dot(dy + i * each, a + i * each, each);
    }
}

static void backward(const dsc_call *call) {
    /* b's gradient first: a's may overwrite dy. */
    if (call->d_in[1]) backward_b(call);
    size_t all = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count && call->d_in[0]; n++)
        multiply(call, call->d_in[0] + n * all, call->d_out[0] + n * all, b_of(call, n));
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t many = dsc_shape_count(&at->in[1]);
    dsc_write_line(writing, "multiply(out0, in0, in1, %zu, %zu)", many, dsc_shape_count(&at->in[0]) / many);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "out0 = Mul(in0, %s)", dsc_write_leading(writing, at, 1));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 3}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "ss", .in = {{1, {1}}, {1, {1}}}},
    {.roles = "ss", .in = {{1, {37}}, {1, {37}}}},
    {.roles = "sp", .in = {{1, {17}}, {1, {17}}}},
    {.roles = "ss", .in = {{3, {3, 5, 7}}, {1, {3}}}},
    {.roles = "sp", .in = {{3, {3, 5, 7}}, {2, {3, 5}}}},
    {.roles = "sb", .in = {{2, {3, 5}}, {0}}},
    {.roles = "ss",
     .in = {{3, {3, 2, 2}}, {1, {3}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, 0.5, -1.5, 2),
     .expected = DSC_NUMBERS(0.75, 1, -0.75, -1, -0.1875, 1.125, 1.875, -2.625, 6, -6, 8, 2)},
    {0},
};

const dsc_op dsc_op_mul = {
    .size = sizeof(dsc_op),
    .name = "mul",
    .help = "element-wise product of two values",
    .onnx = write_onnx,
    .c = write_c,
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_IN_PLACE,
    .keeps_inputs = 1 | 2,
    .shapes = dsc_shapes_leading,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_mul(dsc_node *a, dsc_node *b) { return dsc_apply(&dsc_op_mul, (dsc_node *[]){a, b}, 2, NULL); }
