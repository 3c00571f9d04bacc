/* SPDX-License-Identifier: MIT */
/* add.c: the sum of two values, or of a value and a bias.
 *
 *   y = a + b        da = dy        db = dy, summed over what b was repeated along
 *
 * b has the shape of a, or that of a's leading dimensions and is repeated along the others: to (C, H, W) a bias
 * (C) is added channel by channel. b is of each sample, or a parameter.
 */
#include "op/op.h"

static size_t repeats(const dsc_call *call) {
    return dsc_shape_count(&call->in_shape[0]) / dsc_shape_count(&call->in_shape[1]);
}

static void forward(const dsc_call *call) {
    size_t each = repeats(call), many = dsc_shape_count(&call->in_shape[1]);
    bool shared = call->role[1] != DSC_ROLE_SAMPLE;
    const dsc_vector_kernels *vector = call->kernels->vector;
    if (each == 1 && !shared) {
        vector->add(call->out[0], call->in[0], call->in[1], dsc_out_numbers(call, 0));
        return;
    }
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *a = call->in[0] + n * many * each, *b = call->in[1] + (shared ? 0 : n * many);
        dsc_real *y = call->out[0] + n * many * each;
        if (each == 1) {
            vector->add(y, a, b, many);
            continue;
        }
        for (size_t i = 0; i < many; i++)
            for (size_t k = 0; k < each; k++) y[i * each + k] = a[i * each + k] + b[i];
    }
}

static void backward_b(const dsc_call *call) {
    size_t each = repeats(call), many = dsc_shape_count(&call->in_shape[1]);
    bool shared = call->role[1] != DSC_ROLE_SAMPLE;
    const dsc_vector_kernels *vector = call->kernels->vector;
    if (shared) vector->fill(call->d_in[1], 0, many);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *dy = call->d_out[0] + n * many * each;
        dsc_real *db = call->d_in[1] + (shared ? 0 : n * many);
        for (size_t i = 0; i < many; i++) {
            dsc_real sum = each == 1 ? dy[i] : vector->sum(dy + i * each, each);
            db[i] = shared ? db[i] + sum : sum;
        }
    }
}

static void backward(const dsc_call *call) {
    /* b's first: a's may lie where dy does. */
    if (call->d_in[1]) backward_b(call);
    if (call->d_in[0] && call->d_in[0] != call->d_out[0])
        memcpy(call->d_in[0], call->d_out[0], dsc_out_numbers(call, 0) * sizeof(dsc_real));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 3}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "ss", .in = {{1, {7}}, {1, {7}}}},
    {.roles = "sp", .in = {{1, {17}}, {1, {17}}}},
    {.roles = "sp", .in = {{3, {3, 5, 2}}, {1, {3}}}},
    {.roles = "ss", .in = {{3, {2, 3, 1}}, {1, {2}}}},
    {.roles = "sp",
     .in = {{3, {3, 2, 2}}, {1, {3}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, 0.5, -1.5, 2),
     .expected = DSC_NUMBERS(2, 2.5, -1, -1.5, -1.375, -2.25, -2.75, 0.25, 5, -1, 6, 3)},
    {0},
};

const dsc_op dsc_op_add = {
    .name = "add",
    .help = "the sum of two values, or of a value and a bias",
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_IN_PLACE,
    .shapes = dsc_shapes_leading,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_add(dsc_node *a, dsc_node *b) { return dsc_apply(&dsc_op_add, (dsc_node *[]){a, b}, 2, NULL); }
