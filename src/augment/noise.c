/* SPDX-License-Identifier: MIT */
/* noise.c: adds an independent normal number to every value and clamps to 0 .. 255.
 *
 * Box and Muller, "A note on the generation of random normal deviates" (1958): with u, v uniform, sqrt(-2 log
 * u) times the cosine and the sine of 2 pi v are independent and normal. */
#include "augment/augment.h"

#include "kernel/kernel.h"
#include "kernel/vectors.h"

#include <math.h>

enum { PAIRS = 64 };

typedef struct noise_values {
    dsc_augment_common common;
    double sigma;
} noise_values;

static void normals(float *out, dsc_real sigma, dsc_rng *rng, const dsc_vector_kernels *vector) {
    dsc_real radius[PAIRS], angle[PAIRS], cosine[PAIRS];
    for (size_t i = 0; i < PAIRS; i++) {
        const uint64_t bits = dsc_rng_next64(rng);
        radius[i] = (dsc_real)((bits >> 40) + 1) * (dsc_real)0x1p-24; /* in (0, 1] */
        angle[i] = (dsc_real)(bits & 0xffffff) * (dsc_real)(0x1p-24 * 6.283185307179586);
    }
    vector->log(radius, radius, PAIRS);
    vector->cos(cosine, angle, PAIRS);
    vector->sin(angle, angle, PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        const dsc_real r = sigma * (dsc_real)sqrt(-2 * (double)radius[i]);
        out[i] = (float)(r * cosine[i]);
        out[PAIRS + i] = (float)(r * angle[i]);
    }
}

static void apply(const dsc_augment_call *call) {
    const noise_values *v = call->values;
    const size_t count = call->shape[0] * call->shape[1] * call->shape[2];
    float some[2 * PAIRS];
    for (size_t first = 0; first < count; first += 2 * PAIRS) {
        const size_t many = count - first < 2 * PAIRS ? count - first : 2 * PAIRS;
        normals(some, (dsc_real)v->sigma, call->rng, call->kernels->vector);
        for (size_t i = 0; i < many; i++) {
            const float x = call->in[first + i] + some[i];
            call->out[first + i] = x < 0 ? 0 : x > 255 ? 255 : x;
        }
    }
}

static const dsc_param params[] = {
    DSC_REAL(noise_values, sigma, "20", 0, 1000, "standard deviation, where white is 255"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"", 0x38ed74bbe2610ebd}, {0}};

const dsc_augmentation dsc_augmentation_noise = {
    .name = "noise",
    .help = "add normal noise to every value",
    .params = params,
    .values_size = sizeof(noise_values),
    .apply = apply,
    .examples = examples,
};
