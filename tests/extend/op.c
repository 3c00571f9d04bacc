/* SPDX-License-Identifier: MIT */
/* my_thing.c: a scaled hyperbolic tangent. Source: none, it is an example.
 *
 *   y = height tanh(x)        dx = dy height (1 - tanh(x)^2) */
#include "op/elementwise.h"

#include "base/text.h"
#include "kernel/loop.h"

typedef struct values {
    double height;
} values;

static const dsc_param params[] = {
    DSC_REAL(values, height, "1.5", 1e-3, 1e3, "the value far to the right"),
    {0},
};

static dsc_real height_of(const dsc_call *call) { return (dsc_real)((const values *)call->values)->height; }

DSC_LOOP(slope,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *restrict t, dsc_real height, size_t count), {
             for (size_t i = 0; i < count; i++) dx[i] = dy[i] * height * (1 - t[i] * t[i]);
         })

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    call->kernels->vector->tanh(y, x, count);
    call->kernels->vector->scale(y, y, height_of(call), count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *x, size_t count) {
    dsc_real t[DSC_ELEMENTS];
    call->kernels->vector->tanh(t, x, count);
    slope[call->kernels->isa](dx, dy, t, height_of(call), count);
}

DSC_ELEMENTWISE(apply, pass, in)

/* Exported C code uses the functions in tools/exchange/functions; a new function is a new file there. */
static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    char height[32];
    const size_t count = dsc_shape_count(&at->in[0]);
    dsc_write_line(writing, "hyperbolic_tangent(out0, in0, %zu)", count);
    dsc_write_line(writing, "scale(out0, out0, %zu, %s)", count,
                   dsc_format_shortest(height, (double)(float)((const values *)at->values)->height));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char height[32];
    dsc_write_line(writing, "a = Tanh(in0)");
    dsc_write_line(writing, "out0 = Mul(a, {%s})",
                   dsc_format_shortest(height, ((const values *)at->values)->height));
}

/* Compute `expected` with NumPy, not with this program: tests/golden/op-examples.py shows how. */
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}, .values = "height=0.5"},
    {.roles = "s", .in = {{3, {3, 11, 29}}}},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "height=2",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-1.9280551601, -0.9242343145, 0, 0.4898373248, 1.5231883119, 1.9901095074)},
    {0},
};

const dsc_op dsc_op_my_thing = {
    .size = sizeof(dsc_op),
    .name = "my-thing",
    .help = "a hyperbolic tangent of another height",
    .params = params,
    .values_size = sizeof(values),
    .onnx = write_onnx,
    .c = write_c,
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_inputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};
