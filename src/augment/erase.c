/* SPDX-License-Identifier: MIT */
/* erase.c: a random rectangle is wiped out: Zhong et al., "Random erasing data augmentation" (2020).
 *
 * Its share of the image is uniform between `least` and `most`, the ratio of its sides log-uniform between
 * 3/10 and 10/3; sides longer than the image are cut to it. It lies wholly inside. */
#include "augment/augment.h"

#include "base/elementary.h"

#include <math.h>
#include <string.h>

typedef struct erase_values {
    dsc_augment_common common;
    double least, most, value;
} erase_values;

static const char *check(const void *values) {
    const erase_values *v = values;
    return v->least > v->most ? "least is more than most" : NULL;
}

static size_t side(double length, size_t most) {
    const double rounded = floor(length + 0.5);
    return rounded < 1 ? 1 : rounded > (double)most ? most : (size_t)rounded;
}

static void apply(const dsc_augment_call *call) {
    const erase_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2], plane = height * width;
    const double area = (v->least + (v->most - v->least) * dsc_rng_random(call->rng)) * (double)plane;
    const double ratio = dsc_exp(1.2039728043259361 * (2 * dsc_rng_random(call->rng) - 1)); /* log(10 / 3) */
    const size_t wide = side(sqrt(area * ratio), width), high = side(sqrt(area / ratio), height);
    const size_t left = (size_t)dsc_rng_up_to(call->rng, width - wide);
    const size_t top = (size_t)dsc_rng_up_to(call->rng, height - high);
    memcpy(call->out, call->in, call->shape[0] * plane * sizeof *call->out);
    for (size_t c = 0; c < call->shape[0]; c++)
        for (size_t y = top; y < top + high; y++)
            for (size_t x = left; x < left + wide; x++)
                call->out[c * plane + y * width + x] = (float)v->value;
}

static const dsc_param params[] = {
    DSC_REAL(erase_values, least, "0.02", 0, 1, "smallest share of the image"),
    DSC_REAL(erase_values, most, "0.2", 0, 1, "largest share of the image"),
    DSC_REAL(erase_values, value, "0", 0, 255, "what is left there"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"", 0x9fcb97bc35f4d159}, {0}};

const dsc_augmentation dsc_augmentation_erase = {
    .name = "erase",
    .help = "a random rectangle wiped out",
    .params = params,
    .values_size = sizeof(erase_values),
    .check = check,
    .apply = apply,
    .examples = examples,
};
