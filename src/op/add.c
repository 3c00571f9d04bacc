/* SPDX-License-Identifier: MIT */
/* add.c: the sum of two values, or of a value and a bias.
 *
 *   y = a + b        da = dy        db = dy, summed over the repeated dimensions of b
 *
 * b has the shape of a, or the shape of a's leading dimensions and is repeated along the others: a bias (C)
 * is added to (C, H, W) channel by channel. b is a sample value or a parameter. */
#include "op/op.h"
#include "op/writing.h"

#include "base/limits.h"

static size_t repeats(const dsc_call *call) {
    return dsc_shape_count(&call->in_shape[0]) / dsc_shape_count(&call->in_shape[1]);
}

/* --- pixels: b has one element for each element of a, or, as a parameter, one for each channel --- */

enum { BLOCK = DSC_USUALLY(1024, 1) }; /* elements widened at a time */

/* y = a + b for `count` elements. If a is bfloat16 and `shared` is set, b holds reals. */
static void add_numbers(const dsc_call *call, size_t at, const dsc_real *b, bool shared, size_t count) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    const dsc_form form = call->out_form[0];
    dsc_real *y = dsc_sample_out(call->out[0], form, at, 1);
    const dsc_real *a = dsc_sample_in(call->in[0], form, at, 1);
    if (form == DSC_FORM_PIXELS) {
        vector->add(y, a, b, count);
        return;
    }
    dsc_real wide[BLOCK], more[BLOCK];
    for (size_t i = 0, some; i < count; i += some) {
        some = dsc_smaller(count - i, BLOCK);
        vector->from_bf16(wide, dsc_halves_in(a) + i, some);
        if (!shared) vector->from_bf16(more, dsc_halves_in(b) + i, some);
        vector->add(wide, wide, shared ? b + i : more, some);
        vector->to_bf16(dsc_halves_out(y) + i, wide, some);
    }
}

static void forward_pixels(const dsc_call *call) {
    const bool shared = call->role[1] != DSC_ROLE_SAMPLE;
    const size_t all = dsc_out_numbers(call, 0), channels = call->in_shape[0].size[0];
    for (size_t i = 0; i < all; i += shared ? channels : all)
        add_numbers(call, i, call->in[1], shared, shared ? channels : all);
}

static void sum_pixels(const dsc_call *call) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    const size_t all = dsc_out_numbers(call, 0), channels = call->in_shape[0].size[0];
    dsc_real *db = call->d_in[1], wide[BLOCK];
    if (call->out_form[0] == DSC_FORM_PIXELS) {
        vector->sum_rows(db, call->d_out[0], (ptrdiff_t)channels, all / channels, channels, false);
        return;
    }
    vector->fill(db, 0, channels);
    for (size_t i = 0; i < all; i += channels)
        for (size_t c = 0, some; c < channels; c += some) {
            some = dsc_smaller(channels - c, BLOCK);
            vector->from_bf16(wide, dsc_halves_in(call->d_out[0]) + i + c, some);
            vector->add(db + c, db + c, wide, some);
        }
}

/* --- forward and backward --- */

static void forward(const dsc_call *call) {
    if (call->out_form[0] != DSC_FORM_REALS) {
        forward_pixels(call);
        return;
    }
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
    /* b's gradient first: a's may overwrite dy. */
    const size_t bytes = dsc_out_numbers(call, 0) * dsc_form_number(call->out_form[0]);
    const bool pixels = call->out_form[0] != DSC_FORM_REALS, shared = call->role[1] != DSC_ROLE_SAMPLE;
    if (call->d_in[1] && pixels && shared)
        sum_pixels(call);
    else if (call->d_in[1] && pixels)
        memcpy(call->d_in[1], call->d_out[0], bytes);
    else if (call->d_in[1])
        backward_b(call);
    if (call->d_in[0] && call->d_in[0] != call->d_out[0]) memcpy(call->d_in[0], call->d_out[0], bytes);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t many = dsc_shape_count(&at->in[1]);
    dsc_write_line(writing, "add(out0, in0, in1, %zu, %zu)", many, dsc_shape_count(&at->in[0]) / many);
}

static bool whole(double *low, double *high, const dsc_whole_rule *rule) {
    *low = rule->low[0] + rule->low[1];
    *high = rule->high[0] + rule->high[1];
    return true;
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t all = dsc_shape_count(&at->in[0]), channels = at->in[0].rank ? at->in[0].size[0] : 1;
    dsc_write_line(
        writing,
        "add_whole(out0, wide, from, in0, wide0, from0, in1, wide1, from1, multiplier, shift, low, high, "
        "%zu, %zu, %zu)",
        channels, all / channels, all / dsc_shape_count(&at->in[1]));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "out0 = Add(in0, %s)", dsc_write_leading(writing, at, 1));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 3}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "ss", .in = {{1, {7}}, {1, {7}}}},
    {.roles = "sp", .in = {{1, {17}}, {1, {17}}}},
    {.roles = "sp", .in = {{3, {3, 5, 2}}, {1, {3}}}},
    {.roles = "sp", .in = {{3, {17, 2, 3}}, {0}}},
    {.roles = "ss", .in = {{3, {2, 3, 1}}, {1, {2}}}},
    {.roles = "sp",
     .in = {{3, {3, 2, 2}}, {1, {3}}},
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, 0.5, -1.5, 2),
     .expected = DSC_NUMBERS(2, 2.5, -1, -1.5, -1.375, -2.25, -2.75, 0.25, 5, -1, 6, 3)},
    {0},
};

const dsc_op dsc_op_add = {
    .size = sizeof(dsc_op),
    .name = "add",
    .help = "the sum of two values, or of a value and a bias",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = whole,
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_IN_PLACE | DSC_OP_PIXELS,
    .shapes = dsc_shapes_leading,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_add(dsc_node *a, dsc_node *b) { return dsc_apply(&dsc_op_add, (dsc_node *[]){a, b}, 2, NULL); }
