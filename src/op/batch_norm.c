/* SPDX-License-Identifier: MIT */
/* batch_norm.c: batch normalisation (Ioffe and Szegedy, 2015), over samples and, for (C, H, W), pixels.
 *
 *   training:   y = gamma (x - mean) / sqrt(var + eps) + beta
 *               mean and var of the whole batch, for each channel
 *               running = (1 - momentum) running + momentum batch (var with n / (n - 1), as in PyTorch)
 *   otherwise:  the same with the running statistics
 *   backward:   with xhat = (x - mean) / sqrt(var + eps), over the m = n H W values of a channel:
 *               dbeta = sum dy    dgamma = sum dy xhat
 *               dx = gamma / sqrt(var + eps) (dy - dbeta / m - xhat dgamma / m)
 *
 * The mean is computed first, then the variance around it: a single pass over sums of squares would lose
 * digits. Each lane sums its samples; the engine adds the sums of all lanes and shards in double. */
#include "op/batch_norm_loops.h"
#include "op/op.h"
#include "op/tables.h"
#include "op/writing.h"

#include "base/text.h"

#include "kernel/vectors.h"

#include <math.h>

const dsc_param dsc_batch_norm_params[] = {
    DSC_REAL(dsc_batch_norm_values, momentum, "0.1", 0, 1,
             "share of the new batch in the running statistics"),
    DSC_REAL(dsc_batch_norm_values, epsilon, "1e-5", 1e-12, 1, "added to the variance"),
    {0},
};

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

/* `shared` holds SHARED rows of one element for each channel: mean and 1 / sqrt(var + eps) of the batch,
 * gamma / sqrt(var + eps), and for the backward pass dbeta / m and dgamma / m / sqrt(var + eps). `lane_saved`
 * holds the lane's sums, two doubles a channel. `scratch` holds blocks of x and dy as reals. */
enum { OF_MEAN, OF_INVERSE, OF_FACTOR, OF_MEAN_B, OF_SLOPE, SHARED };
static dsc_real *shared(const dsc_call *call, size_t which) {
    return (dsc_real *)call->shared + which * call->in_shape[X].size[0];
}

typedef struct shape {
    size_t channels, pixels;
} shape;

static shape shape_of(const dsc_shape *x) { return (shape){x->size[0], dsc_shape_count(x) / x->size[0]}; }

/* Elements in a wide row: several adjacent rows, a multiple of the vector width if few rows suffice. */
static size_t wide_row(size_t channels) {
    enum { VECTORS = 32, ENOUGH = 64, MOST = 4096 };
    size_t width = channels;
    while ((width % VECTORS || width < ENOUGH) && 2 * width <= MOST && width / channels < VECTORS) width *= 2;
    return width % VECTORS ? channels : width;
}

static void needs(dsc_needs *needs) {
    shape s = shape_of(&needs->in[X]);
    needs->saved_shared = SHARED * s.channels * sizeof(dsc_real);
    needs->totals = 2 * s.channels;
    needs->saved_per_lane = needs->totals * sizeof(double);
    needs->scratch = wide_row(s.channels) * (sizeof(double) + 4 * sizeof(dsc_real));
    if (!needs->training) return;
    needs->prepare = NULL; /* only computed statistics in a training step */
    needs->least_samples = s.pixels == 1 ? 2 : 1;
    needs->least_reason = "one value per channel has no variance";
}

static double values_in_batch(const dsc_call *call) {
    return (double)(call->batch * shape_of(&call->in_shape[X]).pixels);
}

/* --- values as rows: (rows, channels) of a lane ---
 *
 * Several adjacent rows form one wide row, so that loops are long: channel c is at c, channels + c, ... The
 * scratch holds per-channel numbers repeated for one wide row, and the sums. */

/* Values (C) and the pixel forms are rows; the others are planes. */
static bool are_rows(const dsc_call *call) {
    return call->in_form[X] != DSC_FORM_REALS || shape_of(&call->in_shape[X]).pixels == 1;
}

typedef struct rows {
    size_t channels, width, count, rest; /* whole wide rows, and elements after the last */
    dsc_real *repeated;                  /* arrays of `width` elements */
    double *sums;
    bool bf16;
} rows;

static rows rows_of(const dsc_call *call) {
    const shape s = shape_of(&call->in_shape[X]);
    const size_t width = wide_row(s.channels), numbers = call->count * s.channels * s.pixels;
    rows r = {.channels = s.channels, .width = width, .count = numbers / width, .rest = numbers % width};
    r.sums = call->scratch;
    r.repeated = (dsc_real *)(void *)(r.sums + width);
    r.bf16 = call->in_form[X] == DSC_FORM_PIXELS_BF16;
    return r;
}

/* Repeats the per-channel numbers for a wide row, in slot `which` of four. */
static const dsc_real *repeat(const rows *r, const dsc_real *numbers, size_t which) {
    dsc_real *to = r->repeated + which * r->width;
    for (size_t at = 0; at < r->width; at += r->channels) memcpy(to + at, numbers, r->channels * sizeof *to);
    return to;
}

/* Loops over the whole wide rows, then the partial one. `at` is the index of the first element. */
#define FOR_ROWS(r)                                                                                          \
    for (size_t at = 0, part = 0, some = (r).count, wide = (r).width;                                        \
         part<2; at = (r).count * (r).width, part++, some = (r).rest> 0, wide = (r).rest)                    \
        if (some)

static const void *from(const dsc_call *call, const dsc_real *values, size_t at) {
    return dsc_sample_in(values, call->in_form[X], at, 1);
}
static void *into(const dsc_call *call, dsc_real *values, size_t at) {
    return dsc_sample_out(values, call->in_form[X], at, 1);
}

static void clear_sums(const rows *r) { memset(r->sums, 0, r->width * sizeof *r->sums); }

/* Adds the sums of a wide row to those of the channels. */
static void fold_sums(double *to, const rows *r) {
    for (size_t i = 0; i < r->width; i++) to[i % r->channels] += r->sums[i];
}

/* --- forward, training --- */

static double *cleared_sums(const dsc_call *call) {
    double *sums = call->lane_saved;
    memset(sums, 0, 2 * call->in_shape[X].size[0] * sizeof *sums);
    return sums;
}

static void sum_values(const dsc_call *call) {
    const shape s = shape_of(&call->in_shape[X]);
    const size_t isa = call->kernels->isa;
    double *sums = cleared_sums(call);
    if (are_rows(call)) {
        const rows r = rows_of(call);
        clear_sums(&r);
        FOR_ROWS(r) LOOP_OF(r.bf16, add_rows, isa)(r.sums, from(call, call->in[X], at), some, wide);
        fold_sums(sums, &r);
        return;
    }
    for (size_t n = 0; n < call->count; n++)
        add_planes[isa](sums, call->in[X] + n * s.channels * s.pixels, s.channels, s.pixels);
}

static void find_mean(const dsc_call *call) {
    dsc_real *mean = shared(call, OF_MEAN);
    for (size_t c = 0; c < call->in_shape[X].size[0]; c++)
        mean[c] = (dsc_real)(call->totals[c] / values_in_batch(call));
}

static void sum_squares(const dsc_call *call) {
    const shape s = shape_of(&call->in_shape[X]);
    const size_t isa = call->kernels->isa;
    const dsc_real *mean = shared(call, OF_MEAN);
    double *sums = cleared_sums(call);
    if (are_rows(call)) {
        const rows r = rows_of(call);
        const dsc_real *means = repeat(&r, mean, 0);
        clear_sums(&r);
        FOR_ROWS(r)
        LOOP_OF(r.bf16, add_squares, isa)(r.sums, from(call, call->in[X], at), means, some, wide);
        fold_sums(sums, &r);
        return;
    }
    for (size_t n = 0; n < call->count; n++)
        add_squares_of_planes[isa](sums, call->in[X] + n * s.channels * s.pixels, mean, s.channels, s.pixels);
}

static void find_variance(const dsc_call *call) {
    const dsc_batch_norm_values *values = call->values;
    const dsc_real *mean = shared(call, OF_MEAN);
    dsc_real *inverse = shared(call, OF_INVERSE), *factor = shared(call, OF_FACTOR);
    double m = values_in_batch(call);
    for (size_t c = 0; c < call->in_shape[X].size[0]; c++) {
        double variance = call->totals[c] / m;
        inverse[c] = (dsc_real)(1 / sqrt(variance + values->epsilon));
        factor[c] = call->in[GAMMA][c] * inverse[c];
        dsc_real *running_mean = &call->state[MEAN][c], *running_variance = &call->state[VARIANCE][c];
        double unbiased = m > 1 ? variance * m / (m - 1) : variance;
        *running_mean =
            (dsc_real)((1 - values->momentum) * (double)*running_mean + values->momentum * (double)mean[c]);
        *running_variance =
            (dsc_real)((1 - values->momentum) * (double)*running_variance + values->momentum * unbiased);
    }
}

static void normalise(const dsc_call *call) {
    const shape s = shape_of(&call->in_shape[X]);
    const size_t isa = call->kernels->isa;
    const dsc_real *mean = shared(call, OF_MEAN), *factor = shared(call, OF_FACTOR), *beta = call->in[BETA];
    if (are_rows(call)) {
        const rows r = rows_of(call);
        const dsc_real *means = repeat(&r, mean, 0), *factors = repeat(&r, factor, 1),
                       *betas = repeat(&r, beta, 2);
        FOR_ROWS(r)
        LOOP_OF(r.bf16, scale_rows, isa)
        (into(call, call->out[0], at), from(call, call->in[X], at), means, factors, betas, some, wide);
        return;
    }
    for (size_t n = 0; n < call->count; n++) {
        size_t at = n * s.channels * s.pixels;
        scale_planes[isa](call->out[0] + at, call->in[X] + at, mean, factor, beta, s.channels, s.pixels);
    }
}

/* --- forward, with the running statistics --- */

static void prepare_running(const dsc_call *call) {
    dsc_real *mean = shared(call, OF_MEAN), *inverse = shared(call, OF_INVERSE),
             *factor = shared(call, OF_FACTOR);
    for (size_t c = 0; c < call->in_shape[X].size[0]; c++) {
        mean[c] = call->in[MEAN][c];
        double variance = (double)call->in[VARIANCE][c];
        inverse[c] = (dsc_real)(1 / sqrt(variance + ((const dsc_batch_norm_values *)call->values)->epsilon));
        factor[c] = call->in[GAMMA][c] * inverse[c];
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

/* Sums of dy and of dy (x - mean). */
static void sum_gradients(const dsc_call *call) {
    const shape s = shape_of(&call->in_shape[X]);
    const dsc_real *mean = shared(call, OF_MEAN);
    double *plain = cleared_sums(call), *centred = plain + s.channels;
    if (are_rows(call)) {
        const size_t isa = call->kernels->isa;
        const rows r = rows_of(call);
        const dsc_real *means = repeat(&r, mean, 0);
        clear_sums(&r);
        FOR_ROWS(r) LOOP_OF(r.bf16, add_rows, isa)(r.sums, from(call, call->d_out[0], at), some, wide);
        fold_sums(plain, &r);
        clear_sums(&r);
        FOR_ROWS(r)
        LOOP_OF(r.bf16, add_centred, isa)
        (r.sums, from(call, call->in[X], at), from(call, call->d_out[0], at), means, some, wide);
        fold_sums(centred, &r);
        return;
    }
    for (size_t i = 0; i < call->count * s.channels; i++) {
        const size_t c = i % s.channels, at = i * s.pixels;
        call->kernels->vector->sum_centred(plain + c, centred + c, call->in[X] + at, call->d_out[0] + at,
                                           mean[c], s.pixels);
    }
}

static void find_gradients(const dsc_call *call) {
    const size_t channels = call->in_shape[X].size[0];
    const dsc_real *inverse = shared(call, OF_INVERSE);
    dsc_real *mean_b = shared(call, OF_MEAN_B), *slope = shared(call, OF_SLOPE);
    for (size_t c = 0; c < channels; c++) {
        double b = call->totals[c], g = call->totals[channels + c] * (double)inverse[c];
        if (call->d_in[BETA]) call->d_in[BETA][c] = (dsc_real)b;
        if (call->d_in[GAMMA]) call->d_in[GAMMA][c] = (dsc_real)g;
        /* Running statistics do not depend on x, so no gradient flows through them. */
        mean_b[c] = call->training ? (dsc_real)(b / values_in_batch(call)) : 0;
        slope[c] = call->training ? (dsc_real)(g / values_in_batch(call)) * inverse[c] : 0;
    }
}

static void pass_back(const dsc_call *call) {
    if (!call->d_in[X]) return;
    const shape s = shape_of(&call->in_shape[X]);
    const size_t isa = call->kernels->isa;
    const dsc_real *mean = shared(call, OF_MEAN), *factor = shared(call, OF_FACTOR),
                   *mean_b = shared(call, OF_MEAN_B), *slope = shared(call, OF_SLOPE);
    if (are_rows(call)) {
        const rows r = rows_of(call);
        const dsc_real *means = repeat(&r, mean, 0), *factors = repeat(&r, factor, 1),
                       *means_b = repeat(&r, mean_b, 2), *slopes = repeat(&r, slope, 3);
        FOR_ROWS(r)
        LOOP_OF(r.bf16, pass_rows, isa)
        (into(call, call->d_in[X], at), from(call, call->d_out[0], at), from(call, call->in[X], at), means,
         factors, means_b, slopes, some, wide);
        return;
    }
    for (size_t n = 0; n < call->count; n++) {
        size_t at = n * s.channels * s.pixels;
        pass_planes[isa](call->d_in[X] + at, call->d_out[0] + at, call->in[X] + at, mean, factor, mean_b,
                         slope, s.channels, s.pixels);
    }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const shape s = shape_of(&at->in[X]);
    char epsilon[32];
    dsc_write_line(writing, "batch_norm(out0, in0, in1, in2, in3, in4, %zu, %zu, %s)", s.channels, s.pixels,
                   dsc_format_shortest(epsilon, ((const dsc_batch_norm_values *)at->values)->epsilon));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_batch_norm_values *values = at->values;
    char epsilon[32], momentum[32];
    dsc_write_line(writing, "out0 = BatchNormalization(in0, in1, in2, in3, in4) epsilon=%s momentum=%s",
                   dsc_format_shortest(epsilon, values->epsilon),
                   dsc_format_shortest(momentum, 1 - values->momentum));
}

static const dsc_stage forward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = sum_values},  {.kind = DSC_STAGE_TOTALS, .run = find_mean},
    {.kind = DSC_STAGE_SAMPLES, .run = sum_squares}, {.kind = DSC_STAGE_TOTALS, .run = find_variance},
    {.kind = DSC_STAGE_SAMPLES, .run = normalise},   {0}};
static const dsc_stage prepare_stages[] = {{.kind = DSC_STAGE_TILES, .run = prepare_running}, {0}};
static const dsc_stage infer_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = normalise}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = sum_gradients},
    {.kind = DSC_STAGE_TOTALS, .run = find_gradients, .writes = 2 | 4},
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
    .size = sizeof(dsc_op),
    .name = "batch-norm",
    .help = "normalise each channel over the batch, then multiply by gamma and add beta",
    .onnx = write_onnx,
    .c = write_c,
    .params = dsc_batch_norm_params,
    .values_size = sizeof(dsc_batch_norm_values),
    .least_inputs = 5,
    .most_inputs = 5,
    .keeps_inputs = 1 << X,
    .flags = DSC_OP_PIXELS,
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
