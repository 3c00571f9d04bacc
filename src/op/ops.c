/* SPDX-License-Identifier: MIT */
/* ops.c: the registry. A new op is one file in this folder and one line here. */
#include "op/op.h"

extern const dsc_op dsc_op_add, dsc_op_batch_norm, dsc_op_conv2d, dsc_op_dropout, dsc_op_matmul, dsc_op_relu,
    dsc_op_reshape, dsc_op_softmax_cross_entropy;

const dsc_op *const dsc_ops[] = {
    &dsc_op_add,    &dsc_op_batch_norm, &dsc_op_conv2d,  &dsc_op_dropout,
    &dsc_op_matmul, &dsc_op_relu,       &dsc_op_reshape, &dsc_op_softmax_cross_entropy,
    NULL,
};

const dsc_op *dsc_op_find(const char *name) {
    for (const dsc_op *const *op = dsc_ops; *op; op++)
        if (!strcmp((*op)->name, name)) return *op;
    return NULL;
}

dsc_status dsc_expect_role(const dsc_shape_rule *rule, size_t i, dsc_role role, const char *what,
                           dsc_error *error) {
    static const char *const names[] = {"a value of each sample", "a parameter", "a buffer"};
    if (rule->role[i] == role) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s must be %s, found %s", what, names[role],
                    names[rule->role[i]]);
}

dsc_status dsc_shapes_same(dsc_shape_rule *rule, dsc_error *error) {
    rule->out[0] = rule->in[0];
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}
