/* SPDX-License-Identifier: MIT */
/* batch_norm.c: batch normalisation (Ioffe and Szegedy, 2015), over samples and, for (C, H, W), pixels.
 *
 *   training:   y = gamma (x - mean) / sqrt(var + eps) + beta, mean and var of the whole batch, channel by channel
 *               running = (1 - momentum) running + momentum batch's (var with n / (n - 1), as PyTorch has it)
 *   otherwise:  the same with the running statistics
 *   backward:   with xhat = (x - mean) / sqrt(var + eps), over the m = n H W values of a channel:
 *               dbeta = sum dy    dgamma = sum dy xhat    dx = gamma / sqrt(var + eps) (dy - dbeta / m - xhat dgamma / m)
 *
 * The mean is found first, then the variance around it: one pass over sums of squares would lose digits. Each
 * lane sums its samples; the lanes' sums are added along a fixed tree (graph/tree.h), in double.
 */
#include "op/op.h"
#include "op/tables.h"

#include "graph/tree.h"
#include "kernel/loop.h"
#include "kernel/vectors.h"

#include <math.h>

const dsc_param dsc_batch_norm_params[] = {
    DSC_REAL(dsc_batch_norm_values, momentum, "0.1", 0, 1,
             "how much of a batch's statistics goes into the running ones"),
    DSC_REAL(dsc_batch_norm_values, epsilon, "1e-5", 1e-12, 1, "added to the variance"),
    {0},
};

enum { PARTS = 16 };                     /* sums of a row of pixels, which vectorise */
enum { X, GAMMA, BETA, MEAN, VARIANCE }; /* inputs */

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    if (!rule->in[X].rank) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C) or (C, H, W)");
    for (size_t i = GAMMA; i <= VARIANCE; i++) {
        if (rule->in[i].rank != 1 || rule->in[i].size[0] != rule->in[X].size[0])
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected gamma, beta, mean and variance (C), C = %zu",
                            rule->in[X].size[0]);
        dsc_status status = dsc_expect_role(rule, i, i < MEAN ? DSC_ROLE_PARAMETER : DSC_ROLE_BUFFER,
                                            i < MEAN ? "gamma and beta" : "mean and variance", error);
        if (status) return status;
    }
    return dsc_shapes_same(rule, error);
}

/* shared: mean and 1 / sqrt(var + eps) of the batch; then dbeta / m and dgamma / m. lane_saved: two doubles a
 * channel, the lane's sums. */
typedef struct shape {
    size_t channels, pixels;
} shape;

static shape shape_of(const dsc_shape *x) { return (shape){x->size[0], dsc_shape_count(x) / x->size[0]}; }

static void needs(dsc_needs *needs) {
    shape s = shape_of(&needs->in[X]);
    needs->saved_shared = 4 * s.channels * sizeof(dsc_real);
    needs->saved_per_lane = 2 * s.channels * sizeof(double);
    if (!needs->training) return;
    needs->prepare = NULL; /* the batch's statistics are made on the way */
    needs->least_samples = s.pixels == 1 ? 2 : 1;
    needs->least_reason = "one value per channel has no variance";
}

static double *lane_sums(const dsc_call *call, size_t lane) {
    return (double *)(void *)((unsigned char *)call->lane_saved + lane * call->lane_stride);
}

static double values_in_batch(const dsc_call *call) {
    return (double)(call->batch * shape_of(&call->in_shape[X]).pixels);
}

static double sum_of_lanes(const dsc_call *call, size_t index) {
    return dsc_tree_sum(lane_sums(call, 0) + index, call->lane_stride, call->lanes);
}

/* --- loops over one sample, (channels, pixels). Values without pixels run along the channels instead: a row
 * of 512 features is 512 channels of one pixel. --- */

DSC_LOOP(add_values, (double *restrict sums, const dsc_real *restrict x, size_t channels, size_t pixels), {
    if (pixels == 1) {
        for (size_t c = 0; c < channels; c++) sums[c] += (double)x[c];
        return;
    }
    for (size_t c = 0; c < channels; c++, x += pixels) {
        dsc_real partial[PARTS] = {0};
        size_t i = 0;
        for (; i + PARTS <= pixels; i += PARTS)
            for (size_t k = 0; k < PARTS; k++) partial[k] += x[i + k];
        for (; i < pixels; i++) partial[i % PARTS] += x[i];
        for (size_t k = 0; k < PARTS; k++) sums[c] += (double)partial[k];
    }
})

DSC_LOOP(add_squares,
         (double *restrict sums, const dsc_real *restrict x, const dsc_real *restrict mean, size_t channels,
          size_t pixels),
         {
             if (pixels == 1) {
                 for (size_t c = 0; c < channels; c++)
                     sums[c] += (double)((x[c] - mean[c]) * (x[c] - mean[c]));
                 return;
             }
             for (size_t c = 0; c < channels; c++, x += pixels) {
                 dsc_real partial[PARTS] = {0};
                 const dsc_real m = mean[c];
                 size_t i = 0;
                 for (; i + PARTS <= pixels; i += PARTS)
                     for (size_t k = 0; k < PARTS; k++) partial[k] += (x[i + k] - m) * (x[i + k] - m);
                 for (; i < pixels; i++) partial[i % PARTS] += (x[i] - m) * (x[i] - m);
                 for (size_t k = 0; k < PARTS; k++) sums[c] += (double)partial[k];
             }
         })

/* sums of dy, and of dy (x - mean) */
static void add_gradients(const dsc_call *call, double *plain, double *centred, const dsc_real *x,
                          const dsc_real *dy, const dsc_real *mean, shape s) {
    if (s.pixels > 1) {
        for (size_t c = 0; c < s.channels; c++, x += s.pixels, dy += s.pixels)
            call->kernels->vector->sum_centred(plain + c, centred + c, x, dy, mean[c], s.pixels);
        return;
    }
    for (size_t c = 0; c < s.channels; c++) {
        plain[c] += (double)dy[c];
        centred[c] += (double)(dy[c] * (x[c] - mean[c]));
    }
}

/* y = (x - mean) factor + beta */
DSC_LOOP(scale_and_shift,
         (dsc_real *restrict y, const dsc_real *restrict x, const dsc_real *restrict mean,
          const dsc_real *restrict inverse, const dsc_real *restrict gamma, const dsc_real *restrict beta,
          size_t channels, size_t pixels),
         {
             if (pixels == 1) {
                 for (size_t c = 0; c < channels; c++)
                     y[c] = (x[c] - mean[c]) * (gamma[c] * inverse[c]) + beta[c];
                 return;
             }
             for (size_t c = 0; c < channels; c++, x += pixels, y += pixels) {
                 const dsc_real factor = gamma[c] * inverse[c];
                 const dsc_real m = mean[c];
                 const dsc_real b = beta[c];
                 for (size_t i = 0; i < pixels; i++) y[i] = (x[i] - m) * factor + b;
             }
         })

/* dx = factor (dy - mean_b - (x - mean) slope) */
DSC_LOOP(pass_values,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *restrict x, const dsc_real *restrict shared,
          const dsc_real *restrict gamma, size_t channels, size_t pixels),
         {
             const dsc_real *mean = shared;
             const dsc_real *inverse = shared + channels;
             const dsc_real *mean_b = shared + 2 * channels;
             const dsc_real *mean_g = shared + 3 * channels;
             if (pixels == 1) {
                 for (size_t c = 0; c < channels; c++)
                     dx[c] = gamma[c] * inverse[c] *
                             (dy[c] - mean_b[c] - (x[c] - mean[c]) * (mean_g[c] * inverse[c]));
                 return;
             }
             for (size_t c = 0; c < channels; c++, x += pixels, dx += pixels, dy += pixels) {
                 const dsc_real factor = gamma[c] * inverse[c];
                 const dsc_real slope = mean_g[c] * inverse[c];
                 const dsc_real m = mean[c];
                 const dsc_real b = mean_b[c];
                 for (size_t i = 0; i < pixels; i++) dx[i] = factor * (dy[i] - b - (x[i] - m) * slope);
             }
         })

/* --- forward, training --- */

static void sum_values(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    double *sums = lane_sums(call, 0);
    memset(sums, 0, s.channels * sizeof *sums);
    for (size_t n = 0; n < call->count; n++)
        add_values[call->kernels->isa](sums, call->in[X] + n * s.channels * s.pixels, s.channels, s.pixels);
}

static void find_mean(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    dsc_real *mean = call->shared;
    for (size_t c = 0; c < s.channels; c++)
        mean[c] = (dsc_real)(sum_of_lanes(call, c) / values_in_batch(call));
}

static void sum_squares(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    double *sums = lane_sums(call, 0);
    memset(sums, 0, s.channels * sizeof *sums);
    for (size_t n = 0; n < call->count; n++)
        add_squares[call->kernels->isa](sums, call->in[X] + n * s.channels * s.pixels, call->shared,
                                        s.channels, s.pixels);
}

static void find_variance(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    const dsc_batch_norm_values *values = call->values;
    dsc_real *mean = call->shared, *inverse = mean + s.channels;
    double m = values_in_batch(call);
    for (size_t c = 0; c < s.channels; c++) {
        double variance = sum_of_lanes(call, c) / m;
        inverse[c] = (dsc_real)(1 / sqrt(variance + values->epsilon));
        dsc_real *running_mean = &call->state[MEAN][c], *running_variance = &call->state[VARIANCE][c];
        double unbiased = m > 1 ? variance * m / (m - 1) : variance;
        *running_mean =
            (dsc_real)((1 - values->momentum) * (double)*running_mean + values->momentum * (double)mean[c]);
        *running_variance =
            (dsc_real)((1 - values->momentum) * (double)*running_variance + values->momentum * unbiased);
    }
}

static void normalise(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    const dsc_real *mean = call->shared;
    for (size_t n = 0; n < call->count; n++) {
        size_t at = n * s.channels * s.pixels;
        scale_and_shift[call->kernels->isa](call->out[0] + at, call->in[X] + at, mean, mean + s.channels,
                                            call->in[GAMMA], call->in[BETA], s.channels, s.pixels);
    }
}

/* --- forward, with the running statistics --- */

static void prepare_running(const dsc_call *call) {
    size_t channels = call->in_shape[X].size[0];
    dsc_real *mean = call->shared, *inverse = mean + channels;
    for (size_t c = 0; c < channels; c++) {
        mean[c] = call->in[MEAN][c];
        double variance = (double)call->in[VARIANCE][c];
        inverse[c] = (dsc_real)(1 / sqrt(variance + ((const dsc_batch_norm_values *)call->values)->epsilon));
    }
}

static void affine(dsc_real *factor, dsc_real *offset, const void *values, const dsc_real *const *in,
                   size_t channels) {
    for (size_t c = 0; c < channels; c++) {
        const double f = (double)in[GAMMA][c] /
                         sqrt((double)in[VARIANCE][c] + ((const dsc_batch_norm_values *)values)->epsilon);
        factor[c] = (dsc_real)f;
        offset[c] = (dsc_real)((double)in[BETA][c] - (double)in[MEAN][c] * f);
    }
}

/* --- backward --- */

static void sum_gradients(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    const dsc_real *mean = call->shared;
    double *dbeta = lane_sums(call, 0), *centred = dbeta + s.channels;
    memset(dbeta, 0, 2 * s.channels * sizeof *dbeta);
    for (size_t n = 0; n < call->count; n++) {
        size_t at = n * s.channels * s.pixels;
        add_gradients(call, dbeta, centred, call->in[X] + at, call->d_out[0] + at, mean, s);
    }
}

static void find_gradients(const dsc_call *call) {
    shape s = shape_of(&call->in_shape[X]);
    const dsc_real *inverse = (dsc_real *)call->shared + s.channels;
    dsc_real *mean_b = (dsc_real *)call->shared + 2 * s.channels, *mean_g = mean_b + s.channels;
    for (size_t c = 0; c < s.channels; c++) {
        double b = sum_of_lanes(call, c), g = sum_of_lanes(call, s.channels + c) * (double)inverse[c];
        if (call->d_in[BETA]) call->d_in[BETA][c] = (dsc_real)b;
        if (call->d_in[GAMMA]) call->d_in[GAMMA][c] = (dsc_real)g;
        /* Running statistics do not depend on x: then nothing flows through them. */
        mean_b[c] = call->training ? (dsc_real)(b / values_in_batch(call)) : 0;
        mean_g[c] = call->training ? (dsc_real)(g / values_in_batch(call)) : 0;
    }
}

static void pass_back(const dsc_call *call) {
    if (!call->d_in[X]) return;
    shape s = shape_of(&call->in_shape[X]);
    for (size_t n = 0; n < call->count; n++) {
        size_t at = n * s.channels * s.pixels;
        pass_values[call->kernels->isa](call->d_in[X] + at, call->d_out[0] + at, call->in[X] + at,
                                        call->shared, call->in[GAMMA], s.channels, s.pixels);
    }
}

static const dsc_stage forward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = sum_values},  {.kind = DSC_STAGE_TILES, .run = find_mean},
    {.kind = DSC_STAGE_SAMPLES, .run = sum_squares}, {.kind = DSC_STAGE_TILES, .run = find_variance},
    {.kind = DSC_STAGE_SAMPLES, .run = normalise},   {0}};
static const dsc_stage prepare_stages[] = {{.kind = DSC_STAGE_TILES, .run = prepare_running}, {0}};
static const dsc_stage infer_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = normalise}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = sum_gradients},
                                            {.kind = DSC_STAGE_TILES, .run = find_gradients, .writes = 2 | 4},
                                            {.kind = DSC_STAGE_SAMPLES, .run = pass_back, .writes = 1},
                                            {0}};
static const dsc_op_example examples[] = {
    {.roles = "sppbb", .in = {{1, {5}}, {1, {5}}, {1, {5}}, {1, {5}}, {1, {5}}}},
    {.roles = "sppbb",
     .in = {{3, {3, 5, 7}}, {1, {3}}, {1, {3}}, {1, {3}}, {1, {3}}},
     .values = "momentum=0.5 epsilon=0.01"},
    {.roles = "sppbb", .in = {{3, {1, 4, 4}}, {1, {1}}, {1, {1}}, {1, {1}}, {1, {1}}}},
    {.roles = "sppbb",
     .in = {{3, {2, 2, 2}}, {1, {2}}, {1, {2}}, {1, {2}}, {1, {2}}},
     .values = "epsilon=0.1",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 1.5, -0.5, 0.25, 1, 0.5, -1, 2, 0.25),
     .expected = DSC_NUMBERS(1.285098339, 1.802647509, -1.820196678, -2.337745848, 0.04920146343,
                             0.7887114363, 1.211288564, -1.324174201)},
    {.roles = "sppbb",
     .in = {{3, {2, 2, 2}}, {1, {2}}, {1, {2}}, {1, {2}}, {1, {2}}},
     .values = "epsilon=0.1",
     .training = true,
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 1.5, -0.5, 0.25, 1, 0.5, -1, 2, 0.25),
     .expected = DSC_NUMBERS(1.502903604, 1.920538139, -1.002903604, -1.420538139, 0.9339677176, 1.303748499,
                             1.515051802, 0.2472319811)},
    {0},
};

const dsc_op dsc_op_batch_norm = {
    .name = "batch-norm",
    .help = "each channel brought to mean beta and deviation gamma over the batch",
    .params = dsc_batch_norm_params,
    .values_size = sizeof(dsc_batch_norm_values),
    .least_inputs = 5,
    .most_inputs = 5,
    .keeps_inputs = 1 << X,
    .never_negative = 1 << VARIANCE,
    .shapes = shapes,
    .needs = needs,
    .prepare = prepare_stages,
    .forward = forward_stages,
    .infer = infer_stages,
    .backward = backward_stages,
    .examples = examples,
    .affine = affine,
};

dsc_node *dsc_batch_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, dsc_node *mean, dsc_node *variance,
                         double momentum, double epsilon) {
    return dsc_apply(&dsc_op_batch_norm, (dsc_node *[]){x, gamma, beta, mean, variance}, 5,
                     &(dsc_batch_norm_values){momentum, epsilon});
}
