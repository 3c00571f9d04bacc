/* SPDX-License-Identifier: MIT */
/* softmax_cross_entropy.c: softmax and cross-entropy as one, for logits z and a target t.
 *
 *   p = softmax(z)        loss = - sum over k of t_k log p_k        dz = (sum of t) p - t
 *
 * t is a class (one number for each sample) or probabilities. With label smoothing s the target becomes
 * (1 - s) t + s / K: Szegedy et al., "Rethinking the Inception architecture" (2016), section 7. log p is computed
 * as z - max - log(sum exp(z - max)), which neither overflows nor loses the small ones.
 */
#include "op/op.h"

typedef struct loss_values {
    double smoothing;
} loss_values;

static const dsc_param params[] = {
    {"smoothing", DSC_PARAM_REAL, offsetof(loss_values, smoothing), "0", 0, 1, NULL, "label smoothing"}, {0}};

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *z = &rule->in[0], *t = &rule->in[1];
    if (z->rank != 1 || (dsc_shape_count(t) != 1 && !dsc_shape_equal(z, t)))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected logits (K) and a class, or logits (K) and targets (K)");
    rule->out[0] = (dsc_shape){0};
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the logits", error);
}

/* saved: the probabilities. */
static void needs(dsc_needs *needs) {
    needs->saved_per_sample = dsc_shape_count(&needs->in[0]) * sizeof(dsc_real);
    needs->scratch = needs->saved_per_sample;
}

static dsc_real target_of(const dsc_call *call, const dsc_real *t, size_t k, size_t classes) {
    double s = ((const loss_values *)call->values)->smoothing;
    bool is_class = dsc_shape_count(&call->in_shape[1]) == 1 && classes != 1;
    dsc_real target = dsc_target_at(t, is_class, k);
    return s > 0 ? (dsc_real)((1 - s) * (double)target + s / (double)classes) : target;
}

static void forward(const dsc_call *call) {
    size_t classes = call->in_shape[0].size[0], width = dsc_shape_count(&call->in_shape[1]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *z = call->in[0] + n * classes, *t = call->in[1] + n * width;
        dsc_real *p = call->saved ? (dsc_real *)call->saved + n * classes : call->scratch;
        dsc_real most = vector->max(z, classes), sum = vector->exp_sum(p, z, most, classes), log_sum;
        vector->log(&log_sum, &sum, 1);
        vector->scale(p, p, 1 / sum, classes);
        dsc_real loss = 0;
        for (size_t k = 0; k < classes; k++) {
            dsc_real target = target_of(call, t, k, classes);
            if (target != 0) loss -= target * (z[k] - most - log_sum);
        }
        call->out[0][n] = loss;
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t classes = call->in_shape[0].size[0], width = dsc_shape_count(&call->in_shape[1]);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *p = (const dsc_real *)call->saved + n * classes, *t = call->in[1] + n * width;
        dsc_real *dz = call->d_in[0] + n * classes, dy = call->d_out[0][n], total = 0;
        for (size_t k = 0; k < classes; k++) total += dz[k] = target_of(call, t, k, classes);
        for (size_t k = 0; k < classes; k++) dz[k] = dy * (total * p[k] - dz[k]);
    }
}

static const dsc_stage forward_stages[] = {{DSC_STAGE_SAMPLES, forward, NULL, 0}, {0}};
static const dsc_stage backward_stages[] = {{DSC_STAGE_SAMPLES, backward, NULL, 1}, {0}};
static const dsc_op_example examples[] = {
    {"st", {{1, {10}}, {0}}, NULL},
    {"st", {{1, {2}}, {0}}, "smoothing=0.1"},
    {"st", {{1, {7}}, {1, {7}}}, NULL},
    {"st", {{1, {1}}, {1, {1}}}, NULL},
    {0},
};

const dsc_op dsc_op_softmax_cross_entropy = {
    .name = "softmax-cross-entropy",
    .help = "the loss of classifiers: cross-entropy between softmax of the logits and the target",
    .params = params,
    .values_size = sizeof(loss_values),
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_LOSS,
    .keeps_inputs = 2,
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
