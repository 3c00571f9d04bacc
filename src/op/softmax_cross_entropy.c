/* SPDX-License-Identifier: MIT */
/* softmax_cross_entropy.c: softmax and cross-entropy in one op, for logits z and a target t.
 *
 *   p = softmax(z)        loss = - sum over k of w_k t_k log p_k        dz = (sum of w t) p - w t
 *
 * t is a class (one number per sample) or probabilities. Label smoothing s replaces t by (1 - s) t + s / K
 * (Szegedy et al., "Rethinking the Inception architecture", 2016, section 7). w are class weights, 1 by
 * default. log p is computed as z - max - log(sum exp(z - max)), which neither overflows nor loses small
 * probabilities. */
#include "op/op.h"

typedef struct loss_values {
    double smoothing;
} loss_values;

static const dsc_param params[] = {
    DSC_REAL(loss_values, smoothing, "0", 0, 1, "label smoothing"),
    {0},
};

/* Inputs: the logits, the optional weights, and the target last. */
static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    dsc_status status = rule->in[0].rank == 1
                            ? dsc_shapes_loss(rule, error)
                            : dsc_fail(error, DSC_ERROR_ARGUMENT, "expected logits (K) and a target");
    if (status || rule->input_count == 2) return status;
    if (!dsc_shape_equal(&rule->in[1], &rule->in[0]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a weight for each class, found %s",
                        DSC_SHAPE_TEXT(&rule->in[1]));
    return dsc_expect_role(rule, 1, DSC_ROLE_BUFFER, "the class weights", error);
}

/* `saved`: the probabilities. `scratch`: one sample's target, and its probabilities if nothing saves them. */
static void needs(dsc_needs *needs) {
    needs->saved_per_sample = dsc_shape_count(&needs->in[0]) * sizeof(dsc_real);
    needs->scratch = 2 * needs->saved_per_sample;
}

/* Stores w t, smoothed, in `out` and returns its sum. */
static dsc_real weighted_target(const dsc_call *call, size_t n, dsc_real *out) {
    size_t classes = call->in_shape[0].size[0];
    double s = ((const loss_values *)call->values)->smoothing;
    const dsc_real *t = dsc_target_values(call, n, out);
    dsc_real sum = 0;
    for (size_t k = 0; k < classes; k++) {
        dsc_real target = s > 0 ? (dsc_real)((1 - s) * (double)t[k] + s / (double)classes) : t[k];
        sum += out[k] = call->input_count == 3 ? call->in[1][k] * target : target;
    }
    return sum;
}

static void forward(const dsc_call *call) {
    size_t classes = call->in_shape[0].size[0];
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *t = call->scratch;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *z = call->in[0] + n * classes;
        dsc_real *p = call->saved ? (dsc_real *)call->saved + n * classes : t + classes;
        dsc_real most = vector->max(z, classes), sum = vector->exp_sum(p, z, most, classes), log_sum;
        vector->log(&log_sum, &sum, 1);
        vector->scale(p, p, 1 / sum, classes);
        dsc_real loss = 0;
        (void)weighted_target(call, n, t);
        for (size_t k = 0; k < classes; k++)
            if (t[k] != 0) loss -= t[k] * (z[k] - most - log_sum);
        call->out[0][n] = loss;
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t classes = call->in_shape[0].size[0];
    dsc_real *t = call->scratch;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *p = (const dsc_real *)call->saved + n * classes;
        dsc_real *dz = call->d_in[0] + n * classes, dy = call->d_out[0][n], sum = weighted_target(call, n, t);
        for (size_t k = 0; k < classes; k++) dz[k] = dy * (sum * p[k] - t[k]);
    }
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "st", .in = {{1, {10}}, {0}}},
    {.roles = "st", .in = {{1, {2}}, {0}}, .values = "smoothing=0.1"},
    {.roles = "st", .in = {{1, {7}}, {1, {7}}}},
    {.roles = "st", .in = {{1, {1}}, {1, {1}}}},
    {.roles = "sbt", .in = {{1, {10}}, {1, {10}}, {0}}, .values = "smoothing=0.2"},
    {.roles = "sbt", .in = {{1, {37}}, {1, {37}}, {1, {37}}}},
    {.roles = "st",
     .in = {{1, {3}}, {0}},
     .given = DSC_NUMBERS(1, -2, 0.5, 2),
     .expected = DSC_NUMBERS(1.004596902)},
    {.roles = "sbt",
     .in = {{1, {3}}, {1, {3}}, {1, {3}}},
     .values = "smoothing=0.2",
     .given = DSC_NUMBERS(1, -2, 0.5, 2, 0.5, 3, 0.25, 0, 0.75),
     .expected = DSC_NUMBERS(2.395132049)},
    {0},
};

const dsc_op dsc_op_softmax_cross_entropy = {
    .size = sizeof(dsc_op),
    .name = "softmax-cross-entropy",
    .help = "loss for classifiers: cross-entropy between the softmax of the logits and the target",
    .params = params,
    .values_size = sizeof(loss_values),
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LOSS | DSC_OP_ENTROPY,
    .keeps_inputs = 2 | 4, /* the target, and the weights if present */
    .never_negative = 2,   /* the weights */
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_softmax_cross_entropy(dsc_node *logits, dsc_node *target, double smoothing) {
    return dsc_apply(&dsc_op_softmax_cross_entropy, (dsc_node *[]){logits, target}, 2,
                     &(loss_values){smoothing});
}

dsc_node *dsc_softmax_cross_entropy_weighted(dsc_node *logits, dsc_node *weights, dsc_node *target,
                                             double smoothing) {
    return dsc_apply(&dsc_op_softmax_cross_entropy, (dsc_node *[]){logits, weights, target}, 3,
                     &(loss_values){smoothing});
}
