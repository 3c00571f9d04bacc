/* SPDX-License-Identifier: MIT */
/* ops.c: the registry of ops. A new op is one file in this folder and one line here. */
#include "op/op.h"

#define DSC_OPS(OP)                                                                                          \
    OP(add)                                                                                                  \
    OP(average_pool)                                                                                         \
    OP(batch_norm)                                                                                           \
    OP(binary_cross_entropy)                                                                                 \
    OP(clip)                                                                                                 \
    OP(concat)                                                                                               \
    OP(conv2d)                                                                                               \
    OP(depthwise_conv2d)                                                                                     \
    OP(dropout)                                                                                              \
    OP(elu)                                                                                                  \
    OP(gelu)                                                                                                 \
    OP(global_average_pool)                                                                                  \
    OP(global_max_pool)                                                                                      \
    OP(global_sum_pool)                                                                                      \
    OP(hard_sigmoid)                                                                                         \
    OP(layer_norm)                                                                                           \
    OP(leaky_relu)                                                                                           \
    OP(log_mean_softmax)                                                                                     \
    OP(matmul)                                                                                               \
    OP(max_pool)                                                                                             \
    OP(mean)                                                                                                 \
    OP(mul)                                                                                                  \
    OP(relu)                                                                                                 \
    OP(requantise)                                                                                           \
    OP(reshape)                                                                                              \
    OP(scale)                                                                                                \
    OP(sigmoid)                                                                                              \
    OP(silu)                                                                                                 \
    OP(slice)                                                                                                \
    OP(softmax)                                                                                              \
    OP(softmax_cross_entropy)                                                                                \
    OP(squared_error)                                                                                        \
    OP(sum)                                                                                                  \
    OP(tanh)

#define DECLARE(name) extern const dsc_op dsc_op_##name;
DSC_OPS(DECLARE)

#define ENTRY(name) &dsc_op_##name,
const dsc_op *const dsc_ops[] = {DSC_OPS(ENTRY) NULL};
DSC_BEGINS_AS_ROW(dsc_op, params);

const dsc_op *dsc_op_of_row(const dsc_row *row) {
    return row ? (const void *)((const char *)row - offsetof(dsc_op, name)) : NULL;
}

const dsc_registry dsc_op_registry = {
    .thing = "op",
    .things = "ops",
    .about = "Functions of nodes; layers consist of them. In C: dsc_apply, or the function of the same name.",
    .rows = dsc_ops,
    .row_at = offsetof(dsc_op, name),
};

static bool is_loss(const void *row) { return dsc_op_of_row(row)->flags & DSC_OP_LOSS; }

const dsc_registry dsc_loss_registry = {
    .thing = "loss",
    .things = "losses",
    .about = "Losses, which training minimises, as in --loss 'softmax-cross-entropy smoothing=0.1'.",
    .rows = dsc_ops,
    .row_at = offsetof(dsc_op, name),
    .holds = is_loss,
};

const dsc_op *dsc_op_find(const char *name) {
    return dsc_op_of_row(dsc_registry_find(&dsc_op_registry, name));
}

dsc_status dsc_expect_role(const dsc_shape_rule *rule, size_t i, dsc_role role, const char *what,
                           dsc_error *error) {
    static const char *const names[] = {"a value per sample", "a parameter", "a buffer"};
    if (rule->role[i] == role) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s must be %s, found %s", what, names[role],
                    names[rule->role[i]]);
}

dsc_status dsc_shapes_same(dsc_shape_rule *rule, dsc_error *error) {
    rule->out[0] = rule->in[0];
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

dsc_status dsc_shapes_leading(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *a = &rule->in[0], *b = &rule->in[1];
    rule->out[0] = *a;
    bool leads = b->rank <= a->rank;
    for (size_t i = 0; leads && i < b->rank; i++) leads = a->size[i] == b->size[i];
    if (!leads)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the second shape must be the first's or its leading dimensions");
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the first input", error);
}

dsc_status dsc_shapes_channels(dsc_shape_rule *rule, dsc_error *error) {
    if (!rule->in[0].rank) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C, ...)");
    rule->out[0] = (dsc_shape){.rank = 1, .size = {rule->in[0].size[0]}};
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

dsc_status dsc_shapes_loss(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *values = &rule->in[0], *target = &rule->in[rule->input_count - 1];
    if (dsc_shape_count(target) != 1 && !dsc_shape_equal(values, target))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected as the target a class (one number), or values of the same shape");
    rule->out[0] = (dsc_shape){0};
    dsc_status status = dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
    return status ? status
                  : dsc_expect_role(rule, rule->input_count - 1, DSC_ROLE_SAMPLE, "the target", error);
}

const dsc_real *dsc_target_values(const dsc_call *call, size_t n, dsc_real *one_hot) {
    size_t last = call->input_count - 1, count = dsc_shape_count(&call->in_shape[0]);
    size_t width = dsc_shape_count(&call->in_shape[last]);
    const dsc_real *target = call->in[last] + n * width;
    if (width == count) return target;
    call->kernels->vector->fill(one_hot, 0, count);
    if (target[0] >= 0 && target[0] < (dsc_real)count) one_hot[(size_t)target[0]] = 1;
    return one_hot;
}
