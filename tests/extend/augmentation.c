/* SPDX-License-Identifier: MIT */
/* my_thing.c: inverts pixels brighter than a threshold (solarisation). Cubuk et al., "AutoAugment" (2019). */
#include "augment/augment.h"

typedef struct values {
    dsc_augment_common common;
    double threshold;
} values;

static void apply(const dsc_augment_call *call) {
    const size_t count = call->shape[0] * call->shape[1] * call->shape[2];
    const float threshold = (float)((const values *)call->values)->threshold;
    for (size_t i = 0; i < count; i++)
        call->out[i] = call->in[i] > threshold ? 255 - call->in[i] : call->in[i];
}

static const dsc_param params[] = {
    DSC_REAL(values, threshold, "128", 0, 255, "values above it are inverted"),
    DSC_AUGMENT_P,
    {0},
};

/* Run `scripts/test.sh build/release -R augment.augment`, look at the images, and copy the number it
 * prints. */
static const dsc_augment_example examples[] = {{"p=0.5", 0xf01e275dfa2bdda4}, {0}};

const dsc_augmentation dsc_augmentation_my_thing = {
    .name = "my-thing",
    .help = "what is bright is inverted",
    .params = params,
    .values_size = sizeof(values),
    .apply = apply,
    .examples = examples,
};
