/* SPDX-License-Identifier: MIT */
/* relu.c: the rectified linear unit (Nair and Hinton, 2010).
 *
 *   y = x if x > 0, else 0        dx = dy if y > 0, else 0
 */
#include "op/elementwise.h"

#include "kernel/loop.h"

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    call->kernels->vector->relu(y, x, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    call->kernels->vector->relu_back(dx, dy, y, count);
}

/* ReLU on the bits of bfloat16: negative numbers have the sign bit set and are not NaN; positive numbers lie
 * between bits 1 and infinity. The arrays may be the same. */
enum { ZERO_BELOW = 0x8000, MINUS_INFINITY = 0xff80, INFINITY_BITS = 0x7f80 };

DSC_LOOP(apply_bf16, (uint16_t * y, const uint16_t *x, size_t count), {
    for (size_t i = 0; i < count; i++)
        y[i] = (uint16_t)(x[i] > ZERO_BELOW && x[i] <= MINUS_INFINITY ? 0 : x[i]);
})

DSC_LOOP(pass_bf16, (uint16_t * dx, const uint16_t *dy, const uint16_t *y, size_t count), {
    for (size_t i = 0; i < count; i++) dx[i] = (uint16_t)((uint16_t)(y[i] - 1) < INFINITY_BITS ? dy[i] : 0);
})

static void forward(const dsc_call *call) {
    if (call->out_form[0] == DSC_FORM_PIXELS_BF16)
        apply_bf16[call->kernels->isa]((void *)call->out[0], (const void *)call->in[0],
                                       dsc_out_numbers(call, 0));
    else
        dsc_elementwise_forward(call, apply);
}

static void backward(const dsc_call *call) {
    if (call->d_in[0] && call->out_form[0] == DSC_FORM_PIXELS_BF16)
        pass_bf16[call->kernels->isa]((void *)call->d_in[0], (const void *)call->d_out[0],
                                      (const void *)call->out[0], dsc_out_numbers(call, 0));
    else
        dsc_elementwise_backward(call, pass, call->out[0]);
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "relu(out0, in0, %zu)", dsc_shape_count(&at->in[0]));
}

static bool whole(double *low, double *high, const dsc_whole_rule *rule) {
    *low = fmax(rule->low[0], 0);
    *high = fmax(rule->high[0], 0);
    return true;
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "relu_whole(out0, wide, from, in0, wide0, from0, %zu)",
                   dsc_shape_count(&at->in[0]));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    (void)at;
    dsc_write_line(writing, "out0 = Relu(in0)");
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(0, 0, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_relu = {
    .size = sizeof(dsc_op),
    .name = "relu",
    .help = "x if x > 0, else 0",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = whole,
    .flags = DSC_ELEMENTWISE_FLAGS | DSC_OP_RELU,
    .keeps_outputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_relu(dsc_node *x) { return dsc_apply(&dsc_op_relu, (dsc_node *[]){x}, 1, NULL); }
