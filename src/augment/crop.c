/* SPDX-License-Identifier: MIT */
/* crop.c: pads on all sides and takes a random window of the original size: He et al., "Deep residual
 * learning for image recognition" (2016), section 4.2. A shift by whole pixels, which changes no value. */
#include "augment/augment.h"

typedef enum crop_border { FILL, MIRROR } crop_border;

typedef struct crop_values {
    dsc_augment_common common;
    int64_t padding;
    int border; /* index into the choices of crop_border */
    double value;
} crop_values;

/* The pixel 0 .. size - 1 at position `at` of the image continued by reflection without repeating the
 * edge. */
static size_t mirrored(int64_t at, size_t size) {
    const int64_t period = size > 1 ? 2 * (int64_t)(size - 1) : 1;
    const int64_t place = ((at % period) + period) % period;
    return place < (int64_t)size ? (size_t)place : (size_t)(period - place);
}

static void apply(const dsc_augment_call *call) {
    const crop_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2];
    const int64_t right = (int64_t)dsc_rng_up_to(call->rng, 2 * (uint64_t)v->padding) - v->padding;
    const int64_t down = (int64_t)dsc_rng_up_to(call->rng, 2 * (uint64_t)v->padding) - v->padding;
    float *to = call->out;
    for (size_t c = 0; c < call->shape[0]; c++) {
        const float *plane = call->in + c * height * width;
        for (size_t y = 0; y < height; y++) {
            const int64_t from_y = (int64_t)y + down;
            const bool row_inside = from_y >= 0 && from_y < (int64_t)height;
            const float *row = plane + mirrored(from_y, height) * width;
            for (size_t x = 0; x < width; x++) {
                const int64_t from_x = (int64_t)x + right;
                const bool inside = row_inside && from_x >= 0 && from_x < (int64_t)width;
                if (inside)
                    *to++ = row[from_x];
                else
                    *to++ = v->border == MIRROR ? row[mirrored(from_x, width)] : (float)v->value;
            }
        }
    }
}

static const dsc_param params[] = {
    DSC_INT(crop_values, padding, "4", 1, 1000, "pixels of padding on each side"),
    DSC_CHOICE(crop_values, border, "fill", "fill|mirror",
               "content of the padding: `value`, or the mirrored image"),
    DSC_REAL(crop_values, value, "0", 0, 255, "value of the padding if `border` is fill"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {
    {"", 0x9c5c3489bfc08c7f}, {"border=mirror", 0x5f299424984a0a1b}, {0}};

const dsc_augmentation dsc_augmentation_crop = {
    .name = "crop",
    .help = "pad the image, then cut its size at a random place",
    .params = params,
    .values_size = sizeof(crop_values),
    .apply = apply,
    .examples = examples,
};
