/* SPDX-License-Identifier: MIT */
/* elastic.c: elastic deformation: Simard, Steinkraus and Platt, "Best practices for convolutional neural
 * networks applied to visual document analysis" (2003), section 2.
 *
 * In the paper each pixel moves by (dx, dy): fields of independent numbers from -1 to 1, smoothed by a
 * Gaussian of sigma pixels, times alpha. A field this smooth does not need one number per pixel. Numbers `n`
 * on nodes sigma pixels apart,
 *
 *   dx(x, y) = alpha sum over nodes (i, j) of n(i, j) G(x / sigma - i) G(y / sigma - j),
 *   G(u) = exp(-u^2 / 2) / sqrt(2 pi sigma),
 *
 * give the same mean, variance and covariances: by Poisson's formula these differ by a relative 2 exp(-pi^2)
 * = 1e-4, and for sigma = 1 the field is that of the paper. Nodes extend beyond the image, so that its rim
 * moves like its middle. alpha is that of the paper: with alpha 34 and sigma 4 a pixel moves by 1.4 pixels,
 * root mean square, in each direction. */
#include "augment/warp.h"

#include "base/limits.h"

enum { TAPS = 8, BEFORE = 3 }; /* nodes in reach: beyond 4 sigma the weight is below 3e-4 */

#define DSC_MULTIVERSION "augment/elastic_loops.h"
#include "kernel/multiversion.h"
#include "kernel/vectors.h"

static void (*const mix[])(float *, const float *, size_t, const float *, size_t) = DSC_ISA_TABLE(mix);

typedef struct elastic_values {
    dsc_augment_common common;
    double alpha, sigma;
} elastic_values;

/* Nodes along a side: up to those in reach of the last pixel. */
static size_t nodes_of(size_t size, double sigma) { return (size_t)((double)(size - 1) / sigma) + TAPS; }

/* Padded row length, so that loops have no remainder. */
static size_t padded(size_t count) { return (count + 15) / 16 * 16; }

static size_t scratch(const void *values, const size_t shape[3]) {
    const elastic_values *v = values;
    const size_t height = shape[1], width = shape[2], long_row = padded(width);
    const size_t rows = padded(nodes_of(height, v->sigma)), columns = nodes_of(width, v->sigma);
    return dsc_warp_scratch(shape) + 2 * height * long_row + TAPS * (height + width) + rows * columns + rows +
           rows * long_row;
}

/* weights (size, TAPS): pixel i uses nodes floor(i / sigma) .. + TAPS - 1, where node 0 lies BEFORE nodes
 * before pixel 0. */
static void weigh(float *weights, size_t size, double sigma, double factor, const dsc_kernels *kernels) {
    enum { AT_ONCE = DSC_USUALLY(8, 1) };
    dsc_real power[AT_ONCE * TAPS];
    for (size_t first = 0; first < size; first += AT_ONCE) {
        const size_t count = size - first < AT_ONCE ? size - first : AT_ONCE;
        for (size_t i = 0; i < count; i++) {
            const double place = (double)(first + i) / sigma, left = place - (double)(size_t)place;
            for (size_t t = 0; t < TAPS; t++) {
                const double u = left + BEFORE - (double)t;
                power[i * TAPS + t] = (dsc_real)(-0.5 * u * u);
            }
        }
        kernels->vector->exp(power, power, count * TAPS);
        for (size_t i = 0; i < count * TAPS; i++) weights[first * TAPS + i] = (float)power[i] * (float)factor;
    }
}

/* Draws `lines` lines of `count` numbers, uniform from -1 to 1 in steps of 2^-15, four per 64-bit draw; 0 in
 * the padding. */
static void draw(float *numbers, size_t lines, size_t count, size_t stride, dsc_rng *rng) {
    for (size_t l = 0; l < lines; l++, numbers += stride) {
        for (size_t i = 0; i < count; i += 4) {
            const uint64_t bits = dsc_rng_next64(rng);
            for (size_t k = 0; k < 4; k++) /* extra numbers go to the padding */
                numbers[i + k] = (float)((int32_t)(bits >> 16 * k & 0xffff) * 2 - 0xffff) * 0x1p-16f;
        }
        for (size_t i = count; i < stride; i++) numbers[i] = 0;
    }
}

/* Sums along x for all rows of nodes at once; across (rows, W). */
static void go_across(float *across, size_t long_row, float *column, const float *numbers,
                      const float *weights, size_t rows, const dsc_augment_call *call) {
    const elastic_values *v = call->values;
    const size_t long_column = padded(rows);
    for (size_t x = 0; x < call->shape[2]; x++) {
        const float *first = numbers + (size_t)((double)x / v->sigma) * long_column;
        mix[call->kernels->isa](column, first, long_column, weights + x * TAPS, long_column);
        for (size_t i = 0; i < rows; i++) across[i * long_row + x] = column[i];
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t x = call->shape[2]; x < long_row; x++) across[i * long_row + x] = 0;
}

static void apply(const dsc_augment_call *call) {
    const elastic_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2], long_row = padded(width);
    const size_t rows = nodes_of(height, v->sigma), columns = nodes_of(width, v->sigma);
    float *fields = call->scratch + dsc_warp_scratch(call->shape); /* (2, H, long_row) */
    float *weights_x = fields + 2 * height * long_row, *weights_y = weights_x + TAPS * width;
    float *numbers = weights_y + TAPS * height;       /* (columns, padded(rows)) */
    float *column = numbers + columns * padded(rows); /* (padded(rows)) */
    float *across = column + padded(rows);            /* (rows, long_row) */
    const double norm = 1 / sqrt(6.283185307179586 * v->sigma);
    weigh(weights_x, width, v->sigma, norm, call->kernels);
    weigh(weights_y, height, v->sigma, norm * v->alpha, call->kernels);
    for (size_t f = 0; f < 2; f++) {
        draw(numbers, columns, rows, padded(rows), call->rng);
        go_across(across, long_row, column, numbers, weights_x, rows, call);
        for (size_t y = 0; y < height; y++)
            mix[call->kernels->isa](fields + (f * height + y) * long_row,
                                    across + (size_t)((double)y / v->sigma) * long_row, long_row,
                                    weights_y + y * TAPS, long_row);
    }
    dsc_warp_displace(call, fields, fields + height * long_row, long_row);
}

static const dsc_param params[] = {
    DSC_REAL(elastic_values, alpha, "34", 0, 10000, "how far pixels move, in Simard's measure"),
    DSC_REAL(elastic_values, sigma, "4", 1, 1000, "pixels over which the displacement is smoothed"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"", 0x3d137270a944195e}, {0}};

const dsc_augmentation dsc_augmentation_elastic = {
    .name = "elastic",
    .help = "bend and stretch in random, smooth ways",
    .params = params,
    .values_size = sizeof(elastic_values),
    .scratch = scratch,
    .apply = apply,
    .examples = examples,
};
