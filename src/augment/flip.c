/* SPDX-License-Identifier: MIT */
/* flip.c: mirrors left-right or top-bottom, by default half of the images, so that both versions are equally
 * frequent. Only for data in which an image and its mirror image belong to one class; digits and letters do
 * not. */
#include "augment/augment.h"

#include <string.h>

typedef enum flip_axis { HORIZONTAL, VERTICAL } flip_axis;

typedef struct flip_values {
    dsc_augment_common common;
    int axis; /* index into the choices of flip_axis */
} flip_values;

static void apply(const dsc_augment_call *call) {
    const flip_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2];
    const float *from = call->in;
    for (size_t c = 0; c < call->shape[0]; c++)
        for (size_t y = 0; y < height; y++, from += width) {
            const size_t row = v->axis == VERTICAL ? height - 1 - y : y;
            float *to = call->out + (c * height + row) * width;
            if (v->axis == VERTICAL)
                memcpy(to, from, width * sizeof *to);
            else
                for (size_t x = 0; x < width; x++) to[x] = from[width - 1 - x];
        }
}

static const dsc_param params[] = {
    DSC_CHOICE(flip_values, axis, "horizontal", "horizontal|vertical",
               "horizontal swaps left and right, vertical swaps top and bottom"),
    DSC_REAL(dsc_augment_common, p, "0.5", 0, 1, "probability that an image is changed"),
    {0},
};

static const dsc_augment_example examples[] = {{"", 0x0b6e0b8dc553f921}, {0}};

const dsc_augmentation dsc_augmentation_flip = {
    .name = "flip",
    .help = "mirror left to right or top to bottom",
    .params = params,
    .values_size = sizeof(flip_values),
    .apply = apply,
    .mirrors = true,
    .examples = examples,
};
