/* SPDX-License-Identifier: MIT */
/* depthwise_conv2d.c: convolution of each channel with its own kernel (Howard et al., "MobileNets", 2017).
 *
 *   x (C, H, W), w (C, 1, R, S), b (C)  ->  y (C, OH, OW)
 *   OH = (H + 2 padding - dilation (R - 1) - 1) / stride + 1
 *   y[c, i, j] = b[c] + sum over r, s of w[c, r, s] x[c, i stride - padding + r dilation, j ... + s dilation]
 *   dx gets w dy where y got w x; dw[c, r, s] = the sum of dy x over the same pairs; db[c] = the sum of dy[c]
 *
 * Each element takes part in so few products that packing would cost more than it saves: plain loops run
 * along the rows, one kernel tap at a time. Each lane sums dw and db over its samples. */
#include "op/window.h"
#include "op/writing.h"

#include "kernel/loop.h"

typedef struct depthwise_values {
    int64_t stride[2], padding[2], dilation[2];
} depthwise_values;

static const dsc_param params[] = {
    DSC_PAIR(depthwise_values, stride, "1", 1, 64, "pixels between neighbouring outputs"),
    DSC_PAIR(depthwise_values, padding, "0", 0, 64, "zeros around the image"),
    DSC_PAIR(depthwise_values, dilation, "1", 1, 64, "distance in pixels between the kernel's taps"),
    {0},
};

enum { IMAGE, WEIGHT, BIAS }; /* inputs */
enum { Y, X };                /* axes */

static dsc_status windows_of(dsc_window windows[2], const depthwise_values *values, const dsc_shape *in,
                             dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t axis = 0; axis < 2 && !status; axis++) {
        windows[axis] = (dsc_window){.in = in[IMAGE].size[1 + axis],
                                     .size = in[WEIGHT].size[2 + axis],
                                     .stride = (size_t)values->stride[axis],
                                     .padding = (size_t)values->padding[axis],
                                     .dilation = (size_t)values->dilation[axis]};
        status = dsc_window_fit(&windows[axis], error);
    }
    return status;
}

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *x = &rule->in[IMAGE], *w = &rule->in[WEIGHT];
    const depthwise_values *values = rule->values;
    if (x->rank != 3 || w->rank != 4 || w->size[0] != x->size[0] || w->size[1] != 1)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected values (C, H, W) and a weight (C, 1, height, width)");
    if (rule->input_count == 3 && (rule->in[BIAS].rank != 1 || rule->in[BIAS].size[0] != w->size[0]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a bias (%zu), found %s", w->size[0],
                        DSC_SHAPE_TEXT(&rule->in[BIAS]));
    for (size_t axis = 0; axis < 2; axis++)
        if (values->stride[axis] < 1 || values->padding[axis] < 0 || values->dilation[axis] < 1)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected stride and dilation of at least 1");
    dsc_window windows[2];
    dsc_status status = windows_of(windows, values, rule->in, error);
    if (status) return status;
    rule->out[0] = (dsc_shape){.rank = 3, .size = {x->size[0], windows[Y].out, windows[X].out}};
    rule->multiply_adds = (double)dsc_shape_count(&rule->out[0]) * (double)(w->size[2] * w->size[3]);
    status = dsc_expect_role(rule, IMAGE, DSC_ROLE_SAMPLE, "the input", error);
    if (!status) status = dsc_expect_role(rule, WEIGHT, DSC_ROLE_PARAMETER, "the weight", error);
    if (!status && rule->input_count == 3)
        status = dsc_expect_role(rule, BIAS, DSC_ROLE_PARAMETER, "the bias", error);
    return status;
}

static void needs(dsc_needs *needs) {
    needs->scratch = needs->out->size[2] * sizeof(dsc_real); /* the pixels of a row that a tap meets */
}

/* Gather and scatter along a row, `stride` pixels apart. */
DSC_LOOP(add_every,
         (dsc_real *restrict y, dsc_real w, const dsc_real *restrict x, size_t stride, size_t count), {
             for (size_t j = 0; j < count; j++) y[j] += w * x[j * stride];
         })
DSC_LOOP(add_to_every,
         (dsc_real *restrict x, size_t stride, dsc_real w, const dsc_real *restrict y, size_t count), {
             for (size_t j = 0; j < count; j++) x[j * stride] += w * y[j];
         })
DSC_LOOP(take_every, (dsc_real *restrict y, const dsc_real *restrict x, size_t stride, size_t count), {
    for (size_t j = 0; j < count; j++) y[j] = x[j * stride];
})

/* A kernel tap and a row of outputs whose pixels lie inside the image: `count` outputs from `output`. */
typedef struct meeting {
    size_t tap;           /* in the kernel */
    size_t output, pixel; /* index of the first in its plane */
    size_t count;
    size_t row, rows; /* rows left for this tap */
} meeting;

/* Advances to the next meeting, tap by tap and row by row; false at the end. Start with {.tap = SIZE_MAX}. */
static bool next_meeting(meeting *m, const dsc_window w[2]) {
    if (m->row + 1 < m->rows) {
        m->row++;
        m->output += w[X].out;
        m->pixel += w[Y].stride * w[X].in;
        return true;
    }
    while (++m->tap < w[Y].size * w[X].size) {
        size_t r = m->tap / w[X].size, s = m->tap % w[X].size, begin, end;
        dsc_window_places(&m->row, &m->rows, &w[Y], r);
        dsc_window_places(&begin, &end, &w[X], s);
        if (m->row == m->rows || begin == end) {
            m->row = m->rows;
            continue;
        }
        m->output = m->row * w[X].out + begin;
        m->pixel = dsc_window_pixel(&w[Y], m->row, r) * w[X].in + dsc_window_pixel(&w[X], begin, s);
        m->count = end - begin;
        return true;
    }
    return false;
}

/* The planes of a call: each channel of each sample. */
typedef struct planes {
    dsc_window w[2];
    size_t channels, pixels, outputs, taps;
} planes;

static planes planes_of(const dsc_call *call) {
    planes p = {.channels = call->in_shape[IMAGE].size[0]};
    (void)windows_of(p.w, call->values, call->in_shape, NULL);
    p.pixels = p.w[Y].in * p.w[X].in;
    p.outputs = p.w[Y].out * p.w[X].out;
    p.taps = p.w[Y].size * p.w[X].size;
    return p;
}

static void forward(const dsc_call *call) {
    planes p = planes_of(call);
    unsigned isa = call->kernels->isa;
    for (size_t n = 0; n < call->count * p.channels; n++) {
        size_t c = n % p.channels;
        const dsc_real *x = call->in[IMAGE] + n * p.pixels, *w = call->in[WEIGHT] + c * p.taps;
        dsc_real *y = call->out[0] + n * p.outputs;
        call->kernels->vector->fill(y, call->input_count == 3 ? call->in[BIAS][c] : 0, p.outputs);
        for (meeting m = {.tap = SIZE_MAX}; next_meeting(&m, p.w);)
            add_every[isa](y + m.output, w[m.tap], x + m.pixel, p.w[X].stride, m.count);
    }
}

static void backward_x(const dsc_call *call, const planes *p) {
    call->kernels->vector->fill(call->d_in[IMAGE], 0, dsc_in_numbers(call, IMAGE));
    for (size_t n = 0; n < call->count * p->channels; n++) {
        const dsc_real *dy = call->d_out[0] + n * p->outputs,
                       *w = call->in[WEIGHT] + n % p->channels * p->taps;
        dsc_real *dx = call->d_in[IMAGE] + n * p->pixels;
        for (meeting m = {.tap = SIZE_MAX}; next_meeting(&m, p->w);)
            add_to_every[call->kernels->isa](dx + m.pixel, p->w[X].stride, w[m.tap], dy + m.output, m.count);
    }
}

static void backward_w(const dsc_call *call, const planes *p) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    vector->fill(call->d_in[WEIGHT], 0, p->channels * p->taps);
    for (size_t n = 0; n < call->count * p->channels; n++) {
        const dsc_real *dy = call->d_out[0] + n * p->outputs, *x = call->in[IMAGE] + n * p->pixels;
        dsc_real *dw = call->d_in[WEIGHT] + n % p->channels * p->taps;
        for (meeting m = {.tap = SIZE_MAX}; next_meeting(&m, p->w);) {
            const dsc_real *row = x + m.pixel;
            if (p->w[X].stride > 1) {
                take_every[call->kernels->isa](call->scratch, row, p->w[X].stride, m.count);
                row = call->scratch;
            }
            dw[m.tap] += vector->dot(dy + m.output, row, m.count);
        }
    }
}

static void backward(const dsc_call *call) {
    planes p = planes_of(call);
    if (call->d_in[WEIGHT]) backward_w(call, &p);
    if (call->input_count == 3 && call->d_in[BIAS]) {
        call->kernels->vector->fill(call->d_in[BIAS], 0, p.channels);
        for (size_t n = 0; n < call->count * p.channels; n++)
            call->d_in[BIAS][n % p.channels] +=
                call->kernels->vector->sum(call->d_out[0] + n * p.outputs, p.outputs);
    }
    if (call->d_in[IMAGE]) backward_x(call, &p);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const depthwise_values *v = at->values;
    const dsc_shape *x = &at->in[IMAGE], *w = &at->in[WEIGHT], *y = &at->out[0];
    dsc_write_line(writing,
                   "depthwise_conv2d(out0, in0, in1, %s, %zu, %zu, %zu, %zu, %zu, %d, %d, %d, %d, %d, %d, "
                   "%zu, %zu)",
                   at->input_count == 3 ? "in2" : "0", x->size[0], x->size[1], x->size[2], w->size[2],
                   w->size[3], (int)v->stride[0], (int)v->stride[1], (int)v->padding[0], (int)v->padding[1],
                   (int)v->dilation[0], (int)v->dilation[1], y->size[1], y->size[2]);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const depthwise_values *v = at->values;
    const dsc_shape *x = &at->in[IMAGE], *w = &at->in[WEIGHT], *y = &at->out[0];
    dsc_write_line(writing,
                   "depthwise_conv2d_whole(out0, wide, from, in0, wide0, from0, packed1, bits1, %s, "
                   "multiplier, shift, low, "
                   "high, %zu, %zu, %zu, %zu, %zu, %d, %d, %d, %d, %d, %d, %zu, %zu)",
                   at->input_count == 3 ? "in2" : "0", x->size[0], x->size[1], x->size[2], w->size[2],
                   w->size[3], (int)v->stride[0], (int)v->stride[1], (int)v->padding[0], (int)v->padding[1],
                   (int)v->dilation[0], (int)v->dilation[1], y->size[1], y->size[2]);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const depthwise_values *v = at->values;
    dsc_conv_write_onnx(writing, at, "out0", at->in[IMAGE].size[0], v->stride, v->padding, v->dilation);
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 7}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "spp", .in = {{3, {1, 5, 5}}, {4, {1, 1, 3, 3}}, {1, {1}}}},
    {.roles = "sp", .in = {{3, {3, 1, 1}}, {4, {3, 1, 1, 1}}}},
    {.roles = "spp", .in = {{3, {3, 9, 7}}, {4, {3, 1, 3, 2}}, {1, {3}}}, .values = "stride=2x3 padding=1x2"},
    {.roles = "spp",
     .in = {{3, {2, 11, 37}}, {4, {2, 1, 3, 3}}, {1, {2}}},
     .values = "dilation=2 padding=2 stride=2"},
    {.roles = "sp", .in = {{3, {2, 3, 19}}, {4, {2, 1, 5, 5}}}, .values = "padding=4"},
    {.roles = "spp",
     .in = {{3, {2, 3, 4}}, {4, {2, 1, 2, 2}}, {1, {2}}},
     .values = "stride=2x1 padding=1x0 dilation=1x2",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, -0.5, -0.25, 0.75, 0.25,
                          0.5, 2.5, 2.5, 3, -0.5, -1, 1.125, 0.25, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4,
                          0.25, -0.75),
     .expected = DSC_NUMBERS(1, 1.25, -7.40625, 2.96875, 3.75, 1, 13.625, 16.625)},
    {0},
};

const dsc_op dsc_op_depthwise_conv2d = {
    .size = sizeof(dsc_op),
    .name = "depthwise-conv2d",
    .help = "convolution of each channel with its own kernel, weight (C, 1, height, width), plus an optional "
            "bias (C)",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_linear,
    .params = params,
    .values_size = sizeof(depthwise_values),
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LINEAR,
    .keeps_inputs = 1 << IMAGE,
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_depthwise_conv2d(dsc_node *x, dsc_node *weight, dsc_node *bias, const size_t stride[2],
                               const size_t padding[2], const size_t dilation[2]) {
    depthwise_values values = {.stride = {1, 1}, .dilation = {1, 1}};
    for (size_t i = 0; i < 2; i++) {
        if (stride) values.stride[i] = (int64_t)stride[i];
        if (padding) values.padding[i] = (int64_t)padding[i];
        if (dilation) values.dilation[i] = (int64_t)dilation[i];
    }
    return dsc_apply(&dsc_op_depthwise_conv2d, (dsc_node *[]){x, weight, bias}, bias ? 3 : 2, &values);
}
