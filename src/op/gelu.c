/* SPDX-License-Identifier: MIT */
/* gelu.c: the exact Gaussian error linear unit (Hendrycks and Gimpel, 2016).
 *
 *   y = x P,  P = (1 + erf(x / sqrt(2))) / 2, the normal distribution
 *   dx = dy (P + x exp(-x^2 / 2) / sqrt(2 pi))
 *
 * The backward pass recomputes P, which is cheaper than storing it. */
#include "op/elementwise.h"

#include "kernel/loop.h"

static const double ROOT_HALF = 0.70710678118654752440;              /* sqrt(1 / 2) */
static const double ROOT_OF_TWO_PI_INVERSE = 0.39894228040143267794; /* 1 / sqrt(2 pi) */

DSC_LOOP(finish, (dsc_real * y, const dsc_real *x, const dsc_real *restrict erf_x, size_t count), {
    for (size_t i = 0; i < count; i++) y[i] = x[i] * ((dsc_real)0.5 + (dsc_real)0.5 * erf_x[i]);
})

DSC_LOOP(exponents, (dsc_real *restrict out, const dsc_real *restrict x, size_t count), {
    for (size_t i = 0; i < count; i++) out[i] = (dsc_real)-0.5 * x[i] * x[i];
})

DSC_LOOP(slope,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *x, const dsc_real *restrict erf_x,
          const dsc_real *restrict exp_x, dsc_real factor, size_t count),
         {
             for (size_t i = 0; i < count; i++)
                 dx[i] = dy[i] * ((dsc_real)0.5 + (dsc_real)0.5 * erf_x[i] + factor * x[i] * exp_x[i]);
         })

static void erf_of(const dsc_call *call, dsc_real *out, const dsc_real *x, size_t count) {
    call->kernels->vector->scale(out, x, (dsc_real)ROOT_HALF, count);
    call->kernels->vector->erf(out, out, count);
}

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    dsc_real erf_x[DSC_ELEMENTS];
    erf_of(call, erf_x, x, count);
    finish[call->kernels->isa](y, x, erf_x, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *x, size_t count) {
    dsc_real erf_x[DSC_ELEMENTS], exp_x[DSC_ELEMENTS];
    erf_of(call, erf_x, x, count);
    exponents[call->kernels->isa](exp_x, x, count);
    call->kernels->vector->exp(exp_x, exp_x, count);
    slope[call->kernels->isa](dx, dy, x, erf_x, exp_x, (dsc_real)ROOT_OF_TWO_PI_INVERSE, count);
}

DSC_ELEMENTWISE(apply, pass, in)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "gelu(out0, in0, %zu)", dsc_shape_count(&at->in[0]));
}

/* For opset 18, which has no Gelu: the same nodes as PyTorch's exporter writes. */
static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    (void)at;
    dsc_write_line(writing, "a = Div(in0, {1.4142135623730951})");
    dsc_write_line(writing, "b = Erf(a)");
    dsc_write_line(writing, "c = Add(b, {1.0})");
    dsc_write_line(writing, "d = Mul(in0, c)");
    dsc_write_line(writing, "out0 = Mul(d, {0.5})");
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 11, 29}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-0.0455002639, -0.1542687694, 0, 0.1496765814, 0.8413447461, 2.995950306)},
    {0},
};

const dsc_op dsc_op_gelu = {
    .size = sizeof(dsc_op),
    .name = "gelu",
    .help = "x times the normal distribution function at x",
    .onnx = write_onnx,
    .c = write_c,
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_inputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_gelu(dsc_node *x) { return dsc_apply(&dsc_op_gelu, (dsc_node *[]){x}, 1, NULL); }
