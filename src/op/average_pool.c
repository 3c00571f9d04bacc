/* SPDX-License-Identifier: MIT */
/* average_pool.c: average pooling.
 *
 *   x (C, H, W)  ->  y (C, OH, OW)
 *   y[c, i, j] = 1 / (R S) sum over r, s of x[c, i stride - padding + r, j stride - padding + s]
 *   dx = 1 / (R S) sum of dy over the windows that contain the pixel
 *
 * Padding counts as zeros, as in PyTorch's AvgPool2d. */
#include "op/window.h"
#include "op/writing.h"

#include "kernel/loop.h"

enum { Y, X }; /* axes */

DSC_LOOP(add_every, (dsc_real *restrict y, const dsc_real *restrict x, size_t stride, size_t count), {
    for (size_t j = 0; j < count; j++) y[j] += x[j * stride];
})

DSC_LOOP(add_to_every,
         (dsc_real *restrict x, size_t stride, const dsc_real *restrict y, dsc_real factor, size_t count), {
             for (size_t j = 0; j < count; j++) x[j * stride] += factor * y[j];
         })

static dsc_real factor_of(const dsc_window w[2]) { return 1 / (dsc_real)(w[Y].size * w[X].size); }

static void average_row(const dsc_call *call, const dsc_window w[2], dsc_real *y, const dsc_real *image,
                        size_t i) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    size_t r, r_end;
    dsc_window_taps(&r, &r_end, &w[Y], i);
    vector->fill(y, 0, w[X].out);
    for (; r < r_end; r++) {
        const dsc_real *row = image + dsc_window_pixel(&w[Y], i, r) * w[X].in;
        for (size_t s = 0; s < w[X].size; s++) {
            size_t begin, end;
            dsc_window_places(&begin, &end, &w[X], s);
            if (begin < end)
                add_every[call->kernels->isa](y + begin, row + dsc_window_pixel(&w[X], begin, s), w[X].stride,
                                              end - begin);
        }
    }
    vector->scale(y, y, factor_of(w), w[X].out);
}

static void spread_row(const dsc_call *call, const dsc_window w[2], dsc_real *d_image, const dsc_real *dy,
                       size_t i) {
    size_t r, r_end;
    dsc_window_taps(&r, &r_end, &w[Y], i);
    for (; r < r_end; r++) {
        dsc_real *row = d_image + dsc_window_pixel(&w[Y], i, r) * w[X].in;
        for (size_t s = 0; s < w[X].size; s++) {
            size_t begin, end;
            dsc_window_places(&begin, &end, &w[X], s);
            if (begin < end)
                add_to_every[call->kernels->isa](row + dsc_window_pixel(&w[X], begin, s), w[X].stride,
                                                 dy + begin, factor_of(w), end - begin);
        }
    }
}

static void forward(const dsc_call *call) {
    dsc_window w[2];
    dsc_pool_windows(w, call->values, &call->in_shape[0]);
    size_t planes = call->count * call->in_shape[0].size[0];
    for (size_t p = 0; p < planes; p++)
        for (size_t i = 0; i < w[Y].out; i++)
            average_row(call, w, call->out[0] + (p * w[Y].out + i) * w[X].out,
                        call->in[0] + p * w[Y].in * w[X].in, i);
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    dsc_window w[2];
    dsc_pool_windows(w, call->values, &call->in_shape[0]);
    size_t planes = call->count * call->in_shape[0].size[0];
    call->kernels->vector->fill(call->d_in[0], 0, dsc_in_numbers(call, 0));
    for (size_t p = 0; p < planes; p++)
        for (size_t i = 0; i < w[Y].out; i++)
            spread_row(call, w, call->d_in[0] + p * w[Y].in * w[X].in,
                       call->d_out[0] + (p * w[Y].out + i) * w[X].out, i);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_pool_write_c(writing, "average_pool(out0, in0", at);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_pool_write_onnx(writing, at, "AveragePool", " count_include_pad=1");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {1, 2, 2}}}},
    {.roles = "s", .in = {{3, {3, 7, 41}}}},
    {.roles = "s", .in = {{3, {2, 7, 9}}}, .values = "size=3x2 stride=2x1 padding=1x1"},
    {.roles = "s", .in = {{3, {1, 1, 1}}}, .values = "size=2 stride=3 padding=1"},
    {.roles = "s",
     .in = {{3, {2, 3, 4}}},
     .values = "size=3x2 stride=2x1 padding=1x0",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, -0.5, -0.25, 0.75, 0.25,
                          0.5, 2.5, 2.5, 3, -0.5, -1, 1.125, 0.25),
     .expected = DSC_NUMBERS(0.4791666667, -0.25, -0.5, -0.1041666667, -0.1666666667, 0.9166666667, 0.375,
                             0.9166666667, 1.083333333, 0.25, 0.8541666667, 1.145833333)},
    {0},
};

const dsc_op dsc_op_average_pool = {
    .size = sizeof(dsc_op),
    .name = "average-pool",
    .help = "average of each window",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_pool_params,
    .values_size = sizeof(dsc_pool_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = dsc_pool_shapes,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_average_pool(dsc_node *x, const size_t size[2], const size_t stride[2],
                           const size_t padding[2]) {
    return dsc_pool_apply(&dsc_op_average_pool, x, size, stride, padding);
}
