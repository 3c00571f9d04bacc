/* SPDX-License-Identifier: MIT */
/* invert.c: inverts black and white: 255 - x. */
#include "augment/augment.h"

static void apply(const dsc_augment_call *call) {
    const size_t count = call->shape[0] * call->shape[1] * call->shape[2];
    for (size_t i = 0; i < count; i++) call->out[i] = 255 - call->in[i];
}

static const dsc_param params[] = {DSC_AUGMENT_P, {0}};

static const dsc_augment_example examples[] = {{"p=0.5", 0x8470f33919d0bfdd}, {0}};

const dsc_augmentation dsc_augmentation_invert = {
    .name = "invert",
    .help = "swap black and white",
    .params = params,
    .values_size = sizeof(dsc_augment_common),
    .apply = apply,
    .turns_ground = true,
    .examples = examples,
};
