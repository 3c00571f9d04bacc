/* SPDX-License-Identifier: MIT */
/* elu.c: the exponential linear unit (Clevert et al., 2016).
 *
 *   y = x if x >= 0, else alpha (exp(x) - 1)        dx = dy if y > 0, else dy (y + alpha)
 *
 * exp(x) - 1 = 2 t / (1 - t) with t = tanh(x / 2), which also has its digits if x is close to 0. alpha is at
 * least 0, so y has the sign of x, and x need not be kept. */
#include "op/elementwise.h"

#include "base/text.h"
#include "op/tables.h"
#include "op/writing.h"

#include "kernel/loop.h"

const dsc_param dsc_elu_params[] = {
    DSC_REAL(dsc_elu_values, alpha, "1", 0, 1000, "magnitude of the value far to the left"),
    {0},
};

DSC_LOOP(finish, (dsc_real * y, const dsc_real *x, const dsc_real *restrict t, dsc_real alpha, size_t count),
         {
             for (size_t i = 0; i < count; i++) y[i] = x[i] < 0 ? alpha * ((t[i] + t[i]) / (1 - t[i])) : x[i];
         })

DSC_LOOP(slope, (dsc_real * dx, const dsc_real *dy, const dsc_real *y, dsc_real alpha, size_t count), {
    for (size_t i = 0; i < count; i++) dx[i] = y[i] > 0 ? dy[i] : dy[i] * (y[i] + alpha);
})

static dsc_real alpha_of(const dsc_call *call) {
    return (dsc_real)((const dsc_elu_values *)call->values)->alpha;
}

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    dsc_real t[DSC_ELEMENTS];
    call->kernels->vector->scale(t, x, (dsc_real)0.5, count);
    call->kernels->vector->tanh(t, t, count);
    finish[call->kernels->isa](y, x, t, alpha_of(call), count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    slope[call->kernels->isa](dx, dy, y, alpha_of(call), count);
}

DSC_ELEMENTWISE(apply, pass, out)

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    char alpha[32];
    dsc_write_line(writing, "elu(out0, in0, %zu, %s)", dsc_shape_count(&at->in[0]),
                   dsc_format_shortest(alpha, (double)(float)((const dsc_elu_values *)at->values)->alpha));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char alpha[32];
    dsc_write_line(writing, "out0 = Elu(in0) alpha=%s",
                   dsc_format_shortest(alpha, ((const dsc_elu_values *)at->values)->alpha));
}

static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}},
    {.roles = "s", .in = {{1, {37}}}},
    {.roles = "s", .in = {{3, {3, 11, 29}}}, .values = "alpha=0.3"},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "alpha=0"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "alpha=1.5",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-1.296997075, -0.5902040104, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_elu = {
    .size = sizeof(dsc_op),
    .name = "elu",
    .help = "x if x >= 0, else alpha (exp(x) - 1)",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_elu_params,
    .values_size = sizeof(dsc_elu_values),
    .flags = DSC_ELEMENTWISE_FLAGS,
    .keeps_outputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_elu(dsc_node *x, double alpha) {
    return dsc_apply(&dsc_op_elu, (dsc_node *[]){x}, 1, &(dsc_elu_values){alpha});
}
