/* SPDX-License-Identifier: MIT */
/* binary_cross_entropy.c: the loss for independent yes/no outputs: logits z and a target t, which is values
 * from 0 to 1 or a class (1 for that class, 0 for the others).
 *
 *   p = 1 / (1 + exp(-z))        dz = f (p - t)
 *   loss = - f sum over k of t_k log p_k + (1 - t_k) log(1 - p_k)
 *
 * f is 1, or 1 / (number of outputs) with over=mean. The loss is computed as max(z, 0) - z t + log(1 + e)
 * with e = exp(-|z|), which never overflows. log(1 + e) is computed as log(u) e / (u - 1) with u = 1 + e
 * rounded, which keeps the digits of a small e (Higham, "Accuracy and Stability of Numerical Algorithms",
 * section 1.14.1). */
#include "op/loss.h"

#include "kernel/loop.h"

DSC_LOOP(minus_magnitude, (dsc_real *restrict out, const dsc_real *restrict z, size_t count), {
    for (size_t i = 0; i < count; i++) out[i] = z[i] > 0 ? -z[i] : z[i];
})
DSC_LOOP(one_more, (dsc_real *restrict u, const dsc_real *restrict e, size_t count), {
    for (size_t i = 0; i < count; i++) u[i] = 1 + e[i];
})
/* out = max(z, 0) - z t + log(1 + e); on entry `out` holds log(u) */
DSC_LOOP(terms,
         (dsc_real *restrict out, const dsc_real *restrict z, const dsc_real *restrict t,
          const dsc_real *restrict e, const dsc_real *restrict u, size_t count),
         {
             for (size_t i = 0; i < count; i++) {
                 dsc_real low = u[i] - 1;
                 dsc_real log_of = low == 0 ? e[i] : out[i] * (e[i] / low);
                 out[i] = (z[i] > 0 ? z[i] : 0) - z[i] * t[i] + log_of;
             }
         })

/* Scratch: one sample's target as values, e, u and the terms. */
static void needs(dsc_needs *needs) {
    needs->scratch = 4 * dsc_shape_count(&needs->in[0]) * sizeof(dsc_real);
}

static void forward(const dsc_call *call) {
    size_t outputs = dsc_shape_count(&call->in_shape[0]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    unsigned isa = call->kernels->isa;
    dsc_real *one_hot = call->scratch, *e = one_hot + outputs, *u = e + outputs, *out = u + outputs;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *z = call->in[0] + n * outputs, *t = dsc_target_values(call, n, one_hot);
        minus_magnitude[isa](e, z, outputs);
        vector->exp(e, e, outputs);
        one_more[isa](u, e, outputs);
        vector->log(out, u, outputs);
        terms[isa](out, z, t, e, u, outputs);
        call->out[0][n] = dsc_loss_factor(call) * vector->sum(out, outputs);
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    size_t outputs = dsc_shape_count(&call->in_shape[0]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *t = dsc_target_values(call, n, call->scratch);
        dsc_real *dz = call->d_in[0] + n * outputs;
        vector->sigmoid(dz, call->in[0] + n * outputs, outputs);
        vector->subtract(dz, dz, t, outputs);
        vector->scale(dz, dz, dsc_loss_factor(call) * call->d_out[0][n], outputs);
    }
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "st", .in = {{1, {10}}, {0}}},
    {.roles = "st", .in = {{1, {7}}, {1, {1}}}, .values = "over=mean"},
    {.roles = "st", .in = {{2, {3, 11}}, {2, {3, 11}}}},
    {.roles = "st", .in = {{1, {1}}, {1, {1}}}},
    {.roles = "st",
     .in = {{1, {3}}, {0}},
     .given = DSC_NUMBERS(1, -2, 0.5, 2),
     .expected = DSC_NUMBERS(1.914266683)},
    {.roles = "st",
     .in = {{1, {3}}, {1, {3}}},
     .values = "over=mean",
     .given = DSC_NUMBERS(1, -2, 0.5, 0.25, 0, 0.75),
     .expected = DSC_NUMBERS(0.5964222276)},
    {0},
};

const dsc_op dsc_op_binary_cross_entropy = {
    .size = sizeof(dsc_op),
    .name = "binary-cross-entropy",
    .help = "loss for logits that each answer yes or no independently",
    .params = dsc_loss_params,
    .values_size = sizeof(dsc_loss_values),
    .least_inputs = 2,
    .most_inputs = 2,
    .flags = DSC_OP_LOSS | DSC_OP_SIGMOID,
    .keeps_inputs = 1 | 2,
    .shapes = dsc_shapes_loss,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_binary_cross_entropy(dsc_node *logits, dsc_node *target, bool mean) {
    return dsc_apply(&dsc_op_binary_cross_entropy, (dsc_node *[]){logits, target}, 2,
                     &(dsc_loss_values){mean});
}
