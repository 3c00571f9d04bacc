/* SPDX-License-Identifier: MIT */
/* relu.c: the rectified linear unit (Nair and Hinton, 2010).
 *
 *   y = x if x > 0, else 0        dx = dy if y > 0, else 0
 */
#include "op/elementwise.h"

static void apply(const dsc_call *call, dsc_real *y, const dsc_real *x, size_t count) {
    call->kernels->vector->relu(y, x, count);
}

static void pass(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
    call->kernels->vector->relu_back(dx, dy, y, count);
}

DSC_ELEMENTWISE(apply, pass, out)

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
    .name = "relu",
    .help = "the positive part",
    .flags = DSC_OP_IN_PLACE | DSC_OP_RELU,
    .keeps_outputs = 1,
    DSC_ELEMENTWISE_FIELDS,
};

dsc_node *dsc_relu(dsc_node *x) { return dsc_apply(&dsc_op_relu, (dsc_node *[]){x}, 1, NULL); }
