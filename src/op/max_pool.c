/* SPDX-License-Identifier: MIT */
/* max_pool.c: max pooling.
 *
 *   x (C, H, W)  ->  y (C, OH, OW)
 *   y[c, i, j] = max over r, s of x[c, i stride - padding + r, j stride - padding + s]
 *   dx = dy at the place of the maximum (the first of equals), summed over overlapping windows
 *
 * Padding is never the maximum. A NaN in the window makes the result NaN. The place of the maximum in its
 * window is saved as one byte per output, so the input need not be kept. */
#include "op/max_pool_loops.h"
#include "op/window.h"
#include "op/writing.h"

enum { Y, X }; /* axes */

static bool is_two_by_two(const dsc_window w[2]) {
    return w[Y].size == 2 && w[X].size == 2 && w[Y].stride == 2 && w[X].stride == 2 && !w[Y].padding &&
           !w[X].padding;
}

/* Scratch: the places of a plane or a row if nothing saves them; sums of dx and dy as reals. */
static void needs(dsc_needs *needs) {
    const size_t plane = needs->out->size[1] * needs->out->size[2];
    needs->saved_per_sample = dsc_shape_count(needs->out);
    needs->scratch = dsc_larger(plane, needs->out->size[0] * needs->out->size[2]);
    if (needs->goes_back && needs->in_form[0] == DSC_FORM_PIXELS_BF16)
        needs->scratch = dsc_larger(
            needs->scratch, (dsc_shape_count(needs->in) + dsc_shape_count(needs->out)) * sizeof(dsc_real));
}

/* --- any window; 2 x 2 with stride 2 has a kernel --- */

DSC_LOOP(take_larger,
         (dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x, size_t stride,
          uint8_t tap, size_t count),
         {
             for (size_t j = 0; j < count; j++) {
                 dsc_real value = x[j * stride];
                 place[j] = LARGER(value, y[j]) ? tap : place[j];
                 y[j] = LARGER(value, y[j]) ? value : y[j];
             }
         })

static void row_of_any(const dsc_call *call, const dsc_window w[2], dsc_real *y, uint8_t *place,
                       const dsc_real *image, size_t i) {
    size_t r, r_end;
    dsc_window_taps(&r, &r_end, &w[Y], i);
    for (size_t j = 0; j < w[X].out; j++) { /* start with the first tap inside the image */
        size_t s, s_end;
        dsc_window_taps(&s, &s_end, &w[X], j);
        y[j] = image[dsc_window_pixel(&w[Y], i, r) * w[X].in + dsc_window_pixel(&w[X], j, s)];
        place[j] = (uint8_t)(r * w[X].size + s);
    }
    for (; r < r_end; r++) {
        const dsc_real *row = image + dsc_window_pixel(&w[Y], i, r) * w[X].in;
        for (size_t s = 0; s < w[X].size; s++) {
            size_t begin, end;
            dsc_window_places(&begin, &end, &w[X], s);
            if (begin < end)
                take_larger[call->kernels->isa](y + begin, place + begin,
                                                row + dsc_window_pixel(&w[X], begin, s), w[X].stride,
                                                (uint8_t)(r * w[X].size + s), end - begin);
        }
    }
}

/* --- pixels: channels last --- */

DSC_LOOP(pass_to_tap,
         (dsc_real *restrict dx, const dsc_real *restrict dy, const uint8_t *restrict place, uint8_t tap,
          size_t channels),
         {
             for (size_t c = 0; c < channels; c++) dx[c] += place[c] == tap ? dy[c] : 0;
         })

/* The same for bfloat16; widening preserves order and NaN. */
DSC_LOOP(take_larger_bf16,
         (uint16_t *restrict y, uint8_t *restrict place, const uint16_t *restrict x, uint8_t tap,
          size_t channels),
         {
             for (size_t c = 0; c < channels; c++) {
                 const float value = dsc_bf16_to_float(x[c]);
                 const float most = dsc_bf16_to_float(y[c]);
                 place[c] = LARGER(value, most) ? tap : place[c];
                 y[c] = LARGER(value, most) ? x[c] : y[c];
             }
         })

static void rows_of_2x2(const dsc_call *call, const dsc_window w[2], size_t n) {
    const size_t channels = call->in_shape[0].size[0], row = w[X].in * channels, out = w[X].out * channels;
    const size_t isa = call->kernels->isa, first = n * w[Y].out;
    for (size_t i = 0; i < w[Y].out; i++) {
        const size_t x = n * w[Y].in * row + 2 * i * row, y = (first + i) * out;
        uint8_t *place = call->saved ? (uint8_t *)call->saved + y : call->scratch;
        if (call->in_form[0] == DSC_FORM_PIXELS_BF16)
            pool_row_bf16[isa](dsc_halves_out(call->out[0]) + y, place, dsc_halves_in(call->in[0]) + x,
                               dsc_halves_in(call->in[0]) + x + row, w[X].out, channels);
        else
            pool_row_reals[isa](call->out[0] + y, place, call->in[0] + x, call->in[0] + x + row, w[X].out,
                                channels);
    }
}

static void back_rows_of_2x2(const dsc_call *call, const dsc_window w[2], size_t n) {
    const size_t channels = call->in_shape[0].size[0], row = w[X].in * channels, out = w[X].out * channels;
    const size_t isa = call->kernels->isa, first = n * w[Y].out;
    const bool halves = call->in_form[0] == DSC_FORM_PIXELS_BF16;
    if (w[Y].in % 2 || w[X].in % 2) /* pixels outside all windows */
        memset(dsc_sample_out(call->d_in[0], call->in_form[0], n, w[Y].in * row), 0,
               w[Y].in * row * dsc_form_number(call->in_form[0]));
    for (size_t i = 0; i < w[Y].out; i++) {
        const size_t x = n * w[Y].in * row + 2 * i * row, y = (first + i) * out;
        const uint8_t *place = (const uint8_t *)call->saved + y;
        if (halves)
            pool_row_back_bf16[isa](dsc_halves_out(call->d_in[0]) + x,
                                    dsc_halves_out(call->d_in[0]) + x + row,
                                    dsc_halves_in(call->d_out[0]) + y, place, w[X].out, channels);
        else
            pool_row_back_reals[isa](call->d_in[0] + x, call->d_in[0] + x + row, call->d_out[0] + y, place,
                                     w[X].out, channels);
    }
}

/* Window (i, j): taps r from `top` to `bottom` - 1 and s from `left` to `right` - 1 lie inside the image. */
typedef struct taps {
    size_t top, bottom, left, right;
} taps;

static taps taps_of(const dsc_window w[2], size_t i, size_t j) {
    taps t;
    dsc_window_taps(&t.top, &t.bottom, &w[Y], i);
    dsc_window_taps(&t.left, &t.right, &w[X], j);
    return t;
}

static void take_window(const dsc_call *call, const dsc_window w[2], const dsc_real *image, dsc_real *y,
                        uint8_t *place, size_t i, size_t j) {
    const size_t channels = call->in_shape[0].size[0], isa = call->kernels->isa;
    const taps t = taps_of(w, i, j);
    for (size_t r = t.top; r < t.bottom; r++)
        for (size_t s = t.left; s < t.right; s++) {
            const uint8_t tap = (uint8_t)(r * w[X].size + s);
            const size_t at = dsc_window_pixel(&w[Y], i, r) * w[X].in + dsc_window_pixel(&w[X], j, s);
            const dsc_real *x = dsc_sample_in(image, call->in_form[0], at, channels);
            if (r == t.top && s == t.left) {
                memcpy(y, x, channels * dsc_form_number(call->in_form[0]));
                memset(place, tap, channels);
            } else if (call->in_form[0] == DSC_FORM_PIXELS_BF16) {
                take_larger_bf16[isa](dsc_halves_out(y), place, dsc_halves_in(x), tap, channels);
            } else {
                take_larger[isa](y, place, x, 1, tap, channels);
            }
        }
}

static void forward_pixels(const dsc_call *call, const dsc_window w[2]) {
    const size_t channels = call->in_shape[0].size[0], pixels = w[Y].out * w[X].out;
    for (size_t n = 0; n < call->count; n++) {
        if (is_two_by_two(w)) {
            rows_of_2x2(call, w, n);
            continue;
        }
        const dsc_real *image = dsc_sample_in(call->in[0], call->in_form[0], n * w[Y].in * w[X].in, channels);
        for (size_t p = 0; p < pixels; p++) {
            dsc_real *y = dsc_sample_out(call->out[0], call->out_form[0], n * pixels + p, channels);
            uint8_t *place =
                call->saved ? (uint8_t *)call->saved + (n * pixels + p) * channels : call->scratch;
            take_window(call, w, image, y, place, p / w[X].out, p % w[X].out);
        }
    }
}

/* Backward pass with sums of reals. */
static void back_sums(const dsc_call *call, const dsc_window w[2], dsc_real *dx, const dsc_real *dy,
                      const uint8_t *place) {
    const size_t channels = call->in_shape[0].size[0];
    call->kernels->vector->fill(dx, 0, w[Y].in * w[X].in * channels);
    for (size_t p = 0; p < w[Y].out * w[X].out; p++, dy += channels, place += channels) {
        const size_t i = p / w[X].out, j = p % w[X].out;
        const taps t = taps_of(w, i, j);
        for (size_t r = t.top; r < t.bottom; r++)
            for (size_t s = t.left; s < t.right; s++) {
                const size_t at = dsc_window_pixel(&w[Y], i, r) * w[X].in + dsc_window_pixel(&w[X], j, s);
                pass_to_tap[call->kernels->isa](dx + at * channels, dy, place, (uint8_t)(r * w[X].size + s),
                                                channels);
            }
    }
}

static void backward_pixels(const dsc_call *call, const dsc_window w[2]) {
    const size_t out = w[Y].out * w[X].out * call->in_shape[0].size[0],
                 in = dsc_shape_count(&call->in_shape[0]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *sums = call->scratch, *dy_reals = sums + in;
    for (size_t n = 0; n < call->count; n++) {
        if (is_two_by_two(w)) {
            back_rows_of_2x2(call, w, n);
            continue;
        }
        dsc_real *dx = dsc_sample_out(call->d_in[0], call->in_form[0], n, in);
        const dsc_real *dy = dsc_sample_in(call->d_out[0], call->out_form[0], n, out);
        const uint8_t *place = (const uint8_t *)call->saved + n * out;
        if (call->in_form[0] == DSC_FORM_PIXELS) {
            back_sums(call, w, dx, dy, place);
        } else {
            vector->from_bf16(dy_reals, dsc_halves_in(dy), out);
            back_sums(call, w, sums, dy_reals, place);
            vector->to_bf16(dsc_halves_out(dx), sums, in);
        }
    }
}

/* --- both layouts --- */

static void forward(const dsc_call *call) {
    dsc_window w[2];
    dsc_pool_windows(w, call->values, &call->in_shape[0]);
    if (call->in_form[0] != DSC_FORM_REALS) {
        forward_pixels(call, w);
        return;
    }
    const size_t planes = call->count * call->in_shape[0].size[0], pixels = w[Y].out * w[X].out;
    for (size_t p = 0; p < planes; p++) {
        const dsc_real *image = call->in[0] + p * w[Y].in * w[X].in;
        dsc_real *y = call->out[0] + p * pixels;
        uint8_t *place = call->saved ? (uint8_t *)call->saved + p * pixels : call->scratch;
        if (is_two_by_two(w))
            call->kernels->vector->pool_2x2(y, place, image, w[Y].out, w[X].out, w[X].in);
        else
            for (size_t i = 0; i < w[Y].out; i++)
                row_of_any(call, w, y + i * w[X].out, place + i * w[X].out, image, i);
    }
}

static void back_plane_2x2(const dsc_call *call, const dsc_window w[2], dsc_real *dx, const dsc_real *dy,
                           const uint8_t *place) {
    call->kernels->vector->pool_2x2_back(dx, dy, place, w[Y].out, w[X].out, w[X].in);
    for (size_t i = 0; w[X].in % 2 && i < w[Y].in; i++) dx[(i + 1) * w[X].in - 1] = 0; /* in no window */
    if (w[Y].in % 2) call->kernels->vector->fill(dx + (w[Y].in - 1) * w[X].in, 0, w[X].in);
}

static void back_plane_any(const dsc_call *call, const dsc_window w[2], dsc_real *dx, const dsc_real *dy,
                           const uint8_t *place) {
    call->kernels->vector->fill(dx, 0, w[Y].in * w[X].in);
    for (size_t i = 0; i < w[Y].out; i++)
        for (size_t j = 0; j < w[X].out; j++) {
            size_t at = i * w[X].out + j, r = place[at] / w[X].size, s = place[at] % w[X].size;
            dx[dsc_window_pixel(&w[Y], i, r) * w[X].in + dsc_window_pixel(&w[X], j, s)] += dy[at];
        }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    dsc_window w[2];
    dsc_pool_windows(w, call->values, &call->in_shape[0]);
    if (call->in_form[0] != DSC_FORM_REALS) {
        backward_pixels(call, w);
        return;
    }
    size_t planes = call->count * call->in_shape[0].size[0], pixels = w[Y].out * w[X].out;
    for (size_t p = 0; p < planes; p++) {
        dsc_real *dx = call->d_in[0] + p * w[Y].in * w[X].in;
        const uint8_t *place = (const uint8_t *)call->saved + p * pixels;
        (is_two_by_two(w) ? back_plane_2x2 : back_plane_any)(call, w, dx, call->d_out[0] + p * pixels, place);
    }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_pool_write_c(writing, "max_pool(out0, in0", at);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_pool_write_c(writing, "max_pool_whole(out0, wide, from, in0, wide0, from0", at);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_pool_write_onnx(writing, at, "MaxPool", "");
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{3, {1, 2, 2}}}},
    {.roles = "s", .in = {{3, {3, 7, 41}}}},
    {.roles = "s", .in = {{3, {2, 7, 9}}}, .values = "size=3x2 stride=2x1 padding=1x1"},
    {.roles = "s", .in = {{3, {2, 5, 5}}}, .values = "size=3 stride=1 padding=2"},
    {.roles = "s", .in = {{3, {1, 1, 1}}}, .values = "size=2 stride=3 padding=1"},
    {.roles = "s", .in = {{3, {1, 17, 19}}}, .values = "size=16 stride=1"},
    {.roles = "s",
     .in = {{3, {2, 3, 4}}},
     .values = "size=3x2 stride=2x1 padding=1x0",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, -0.5, -0.25, 0.75, 0.25,
                          0.5, 2.5, 2.5, 3, -0.5, -1, 1.125, 0.25),
     .expected = DSC_NUMBERS(2, 2, 1.75, 3, 4, 4, 2.5, 2.5, 3, 2.5, 2.5, 3)},
    {0},
};

const dsc_op dsc_op_max_pool = {
    .size = sizeof(dsc_op),
    .name = "max-pool",
    .help = "largest value of each window",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_same,
    .params = dsc_pool_params,
    .values_size = sizeof(dsc_pool_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_PIXELS,
    .shapes = dsc_pool_shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_max_pool(dsc_node *x, const size_t size[2], const size_t stride[2], const size_t padding[2]) {
    return dsc_pool_apply(&dsc_op_max_pool, x, size, stride, padding);
}
