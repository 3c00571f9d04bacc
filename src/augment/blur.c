/* SPDX-License-Identifier: MIT */
/* blur.c: Gaussian blur with sigma uniform from 0 to the given value, cut off at three sigma. Filters the
 * rows, then the columns; the edge pixel continues beyond the edge. */
#include "augment/augment.h"

#include "base/elementary.h"

enum { REACH_MOST = 48 };

typedef struct blur_values {
    dsc_augment_common common;
    double sigma;
} blur_values;

static size_t scratch(const void *values, const size_t shape[3]) {
    (void)values;
    return shape[1] * shape[2];
}

/* Fills weight[0 .. reach] for the centre and one side; the whole kernel sums to 1. Returns reach. */
static size_t weigh(float weight[REACH_MOST + 1], double sigma) {
    double w[REACH_MOST + 1] = {1}, sum = 1;
    size_t reach = 0;
    while (reach < REACH_MOST && (double)reach < 3 * sigma) {
        const double u = (double)++reach / sigma;
        w[reach] = dsc_exp(-0.5 * u * u);
        sum += 2 * w[reach];
    }
    for (size_t k = 0; k <= reach; k++) weight[k] = (float)(w[k] / sum);
    return reach;
}

/* Filters `lines` lines of `size` values; values are `step` apart, lines `next` apart. */
static void blur(float *out, const float *in, size_t lines, size_t next, size_t size, size_t step,
                 const float *weight, size_t reach) {
    for (size_t l = 0; l < lines; l++, out += next, in += next)
        for (size_t i = 0; i < size; i++) {
            float sum = weight[0] * in[i * step];
            for (size_t k = 1; k <= reach; k++) {
                const size_t before = i > k ? i - k : 0, behind = i + k < size ? i + k : size - 1;
                sum += weight[k] * (in[before * step] + in[behind * step]);
            }
            out[i * step] = sum;
        }
}

static void apply(const dsc_augment_call *call) {
    const blur_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2], plane = height * width;
    float weight[REACH_MOST + 1];
    const size_t reach = weigh(weight, v->sigma * dsc_rng_random(call->rng));
    for (size_t c = 0; c < call->shape[0]; c++) {
        blur(call->scratch, call->in + c * plane, height, width, width, 1, weight, reach);
        blur(call->out + c * plane, call->scratch, width, 1, height, width, weight, reach);
    }
}

static const dsc_param params[] = {
    DSC_REAL(blur_values, sigma, "1", 0, 16, "largest sigma, in pixels"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"", 0x4c734f1cc6a73af5}, {0}};

const dsc_augmentation dsc_augmentation_blur = {
    .name = "blur",
    .help = "blur with a Gaussian of random sigma",
    .params = params,
    .values_size = sizeof(blur_values),
    .scratch = scratch,
    .apply = apply,
    .examples = examples,
};
