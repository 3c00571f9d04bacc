/* SPDX-License-Identifier: MIT */
/* layer_norm.c: layer normalisation (Ba et al., 2016), over all values of a sample.
 *
 *   y = gamma h + beta,  h = (x - mean) / sqrt(var + eps), mean and var of the sample
 *   backward, with g = gamma dy, over the m values of a sample:
 *     dx = (g - mean of g - h mean of g h) / sqrt(var + eps)
 *     dbeta = the sum of dy, dgamma = the sum of dy h, over samples and repeated dimensions
 *
 * gamma and beta have the shape of x, as in PyTorch's LayerNorm, or the shape of its leading dimensions: (C),
 * one for each channel, as in its GroupNorm with one group. */
#include "op/op.h"
#include "op/tables.h"
#include "op/writing.h"

#include "base/text.h"

#include "kernel/loop.h"

#include <math.h>

const dsc_param dsc_layer_norm_params[] = {
    DSC_REAL(dsc_layer_norm_values, epsilon, "1e-5", 1e-12, 1, "added to the variance"),
    {0},
};

enum { X, GAMMA, BETA }; /* inputs */

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    dsc_status status = dsc_shapes_leading(rule, error);
    if (status) return status;
    if (!dsc_shape_equal(&rule->in[GAMMA], &rule->in[BETA]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "gamma and beta must have the same shape");
    status = dsc_expect_role(rule, GAMMA, DSC_ROLE_PARAMETER, "gamma", error);
    return status ? status : dsc_expect_role(rule, BETA, DSC_ROLE_PARAMETER, "beta", error);
}

/* `saved`: mean and 1 / sqrt(var + eps) of each sample. `scratch`: h of one sample. */
static void needs(dsc_needs *needs) {
    needs->saved_per_sample = 2 * sizeof(dsc_real);
    needs->scratch = dsc_shape_count(&needs->in[X]) * sizeof(dsc_real);
}

DSC_LOOP(subtract, (dsc_real * out, const dsc_real *in, dsc_real number, size_t count), {
    for (size_t i = 0; i < count; i++) out[i] = in[i] - number;
})
DSC_LOOP(scale_and_shift_each,
         (dsc_real *restrict y, dsc_real factor, const dsc_real *restrict gamma,
          const dsc_real *restrict beta, size_t count),
         {
             for (size_t i = 0; i < count; i++) y[i] = y[i] * factor * gamma[i] + beta[i];
         })
DSC_LOOP(scale_and_shift, (dsc_real * y, dsc_real factor, dsc_real gamma, dsc_real beta, size_t count), {
    for (size_t i = 0; i < count; i++) y[i] = y[i] * factor * gamma + beta;
})
DSC_LOOP(add_products,
         (dsc_real *restrict sum, const dsc_real *restrict a, const dsc_real *restrict b, size_t count), {
             for (size_t i = 0; i < count; i++) sum[i] += a[i] * b[i];
         })
DSC_LOOP(finish,
         (dsc_real *restrict dx, const dsc_real *restrict h, dsc_real mean_g, dsc_real mean_gh,
          dsc_real factor, size_t count),
         {
             for (size_t i = 0; i < count; i++) dx[i] = factor * (dx[i] - mean_g - h[i] * mean_gh);
         })

static void forward(const dsc_call *call) {
    size_t all = dsc_shape_count(&call->in_shape[X]), many = dsc_shape_count(&call->in_shape[GAMMA]);
    size_t each = all / many;
    unsigned isa = call->kernels->isa;
    const dsc_vector_kernels *vector = call->kernels->vector;
    const dsc_real *gamma = call->in[GAMMA], *beta = call->in[BETA];
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *x = call->in[X] + n * all;
        dsc_real *y = call->out[0] + n * all, mean = vector->sum(x, all) / (dsc_real)all;
        subtract[isa](y, x, mean, all);
        double variance = (double)vector->sum_squares(y, all) / (double)all;
        dsc_real inverse =
            (dsc_real)(1 / sqrt(variance + ((const dsc_layer_norm_values *)call->values)->epsilon));
        if (each == 1) scale_and_shift_each[isa](y, inverse, gamma, beta, all);
        for (size_t i = 0; i < many && each > 1; i++)
            scale_and_shift[isa](y + i * each, inverse, gamma[i], beta[i], each);
        if (!call->saved) continue;
        dsc_real *saved = (dsc_real *)call->saved + 2 * n;
        saved[0] = mean;
        saved[1] = inverse;
    }
}

/* Adds one sample's terms to dgamma and dbeta. */
static void add_gamma_and_beta(const dsc_call *call, const dsc_real *dy, const dsc_real *h) {
    size_t many = dsc_shape_count(&call->in_shape[GAMMA]);
    size_t each = dsc_shape_count(&call->in_shape[X]) / many;
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *dgamma = call->d_in[GAMMA], *dbeta = call->d_in[BETA];
    if (dgamma && each == 1) add_products[call->kernels->isa](dgamma, dy, h, many);
    if (dbeta && each == 1) vector->add(dbeta, dbeta, dy, many);
    for (size_t i = 0; i < many && each > 1; i++) {
        if (dgamma) dgamma[i] += vector->dot(dy + i * each, h + i * each, each);
        if (dbeta) dbeta[i] += vector->sum(dy + i * each, each);
    }
}

/* dx of one sample; dx may overwrite dy. */
static void make_dx(const dsc_call *call, dsc_real *dx, const dsc_real *dy, const dsc_real *h,
                    dsc_real inverse) {
    size_t all = dsc_shape_count(&call->in_shape[X]), many = dsc_shape_count(&call->in_shape[GAMMA]);
    size_t each = all / many;
    const dsc_vector_kernels *vector = call->kernels->vector;
    const dsc_real *gamma = call->in[GAMMA];
    if (each == 1) vector->multiply(dx, dy, gamma, all);
    for (size_t i = 0; i < many && each > 1; i++) vector->scale(dx + i * each, dy + i * each, gamma[i], each);
    dsc_real mean_g = vector->sum(dx, all) / (dsc_real)all, mean_gh = vector->dot(dx, h, all) / (dsc_real)all;
    finish[call->kernels->isa](dx, h, mean_g, mean_gh, inverse, all);
}

static void backward(const dsc_call *call) {
    size_t all = dsc_shape_count(&call->in_shape[X]), many = dsc_shape_count(&call->in_shape[GAMMA]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *h = call->scratch;
    for (size_t i = GAMMA; i <= BETA; i++)
        if (call->d_in[i]) vector->fill(call->d_in[i], 0, many);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *saved = (const dsc_real *)call->saved + 2 * n, *dy = call->d_out[0] + n * all;
        subtract[call->kernels->isa](h, call->in[X] + n * all, saved[0], all);
        vector->scale(h, h, saved[1], all);
        add_gamma_and_beta(call, dy, h);
        if (call->d_in[X]) make_dx(call, call->d_in[X] + n * all, dy, h, saved[1]);
    }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t many = dsc_shape_count(&at->in[GAMMA]);
    char epsilon[32];
    dsc_write_line(writing, "layer_norm(out0, in0, in1, in2, %zu, %zu, %s)", many,
                   dsc_shape_count(&at->in[X]) / many,
                   dsc_format_shortest(epsilon, ((const dsc_layer_norm_values *)at->values)->epsilon));
}

/* ONNX LayerNormalization needs a gamma and a beta for each value. */
static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    char epsilon[32], shape[96];
    const char *names[] = {"in0", "in1", "in2"};
    if (at->in[GAMMA].rank < at->in[X].rank)
        for (size_t i = GAMMA; i <= BETA; i++) {
            static const char *const whole[] = {"", "gamma", "beta"};
            names[i] = dsc_write_leading(writing, at, i);
            dsc_write_line(writing, "%s = Expand(%s, [%s])", whole[i], names[i],
                           dsc_write_shape(shape, &at->in[X]));
            names[i] = whole[i];
        }
    dsc_write_line(writing, "out0 = LayerNormalization(in0, %s, %s) axis=1 epsilon=%s", names[GAMMA],
                   names[BETA],
                   dsc_format_shortest(epsilon, ((const dsc_layer_norm_values *)at->values)->epsilon));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 7}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "spp", .in = {{1, {1}}, {1, {1}}, {1, {1}}}},
    {.roles = "spp", .in = {{1, {37}}, {1, {37}}, {1, {37}}}},
    {.roles = "spp", .in = {{3, {3, 5, 7}}, {1, {3}}, {1, {3}}}, .values = "epsilon=0.01"},
    {.roles = "spp", .in = {{2, {3, 5}}, {2, {3, 5}}, {2, {3, 5}}}},
    {.roles = "spp",
     .in = {{3, {2, 2, 2}}, {1, {2}}, {1, {2}}},
     .values = "epsilon=0.1",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 1.5, -0.5, 0.25, 1),
     .expected = DSC_NUMBERS(1.744955943, 2.238137285, -1.214132109, -1.707313451, 0.9537642492, 1.241453365,
                             1.405847146, 0.419484462)},
    {0},
};

const dsc_op dsc_op_layer_norm = {
    .size = sizeof(dsc_op),
    .name = "layer-norm",
    .help = "normalise each sample to mean 0 and deviation 1, then multiply by gamma and add beta",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_layer_norm_params,
    .values_size = sizeof(dsc_layer_norm_values),
    .least_inputs = 3,
    .most_inputs = 3,
    .flags = DSC_OP_IN_PLACE,
    .keeps_inputs = 1 << X,
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_layer_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, double epsilon) {
    return dsc_apply(&dsc_op_layer_norm, (dsc_node *[]){x, gamma, beta}, 3,
                     &(dsc_layer_norm_values){epsilon});
}
