/* SPDX-License-Identifier: MIT */
/* erase.c: erases a part of the image.
 *
 * A random rectangle: Zhong et al., "Random erasing data augmentation" (2020). Its share of the image is
 * uniform between `least` and `most`; the ratio of its sides is log-uniform between 3/10 and 10/3. Sides
 * longer than the image are cut. The rectangle lies inside the image.
 *
 * With `side`, a square: DeVries and Taylor, "Improved regularization of convolutional neural networks with
 * cutout" (2017). Its centre is any pixel, so the square may extend beyond the edge: some images keep most of
 * their content, which matters according to section 3.2 of the paper. */
#include "augment/augment.h"

#include "base/elementary.h"

#include <math.h>
#include <string.h>

typedef enum erase_fill { VALUE, MEAN } erase_fill;

typedef struct erase_values {
    dsc_augment_common common;
    double least, most, value;
    int64_t side;
    int fill; /* index into the choices of erase_fill */
} erase_values;

typedef struct box {
    size_t left, right, top, bottom; /* columns left .. right - 1, rows top .. bottom - 1 */
} box;

static const char *check(const void *values) {
    const erase_values *v = values;
    return v->least > v->most ? "least is larger than most" : NULL;
}

static size_t side(double length, size_t most) {
    const double rounded = floor(length + 0.5);
    return rounded < 1 ? 1 : rounded > (double)most ? most : (size_t)rounded;
}

static box rectangle(const erase_values *v, size_t height, size_t width, dsc_rng *rng) {
    const double area = (v->least + (v->most - v->least) * dsc_rng_random(rng)) * (double)(height * width);
    const double ratio = dsc_exp(1.2039728043259361 * (2 * dsc_rng_random(rng) - 1)); /* log(10 / 3) */
    const size_t wide = side(sqrt(area * ratio), width), high = side(sqrt(area / ratio), height);
    const size_t left = (size_t)dsc_rng_up_to(rng, width - wide);
    const size_t top = (size_t)dsc_rng_up_to(rng, height - high);
    return (box){left, left + wide, top, top + high};
}

/* The part of `side` pixels around a random pixel that lies inside `size` pixels. */
static void around(size_t *first, size_t *end, size_t side, size_t size, dsc_rng *rng) {
    const size_t centre = (size_t)dsc_rng_up_to(rng, size - 1), before = side / 2;
    *first = centre > before ? centre - before : 0;
    *end = centre + side - before < size ? centre + side - before : size;
}

static box square(const erase_values *v, size_t height, size_t width, dsc_rng *rng) {
    box b;
    around(&b.left, &b.right, (size_t)v->side, width, rng);
    around(&b.top, &b.bottom, (size_t)v->side, height, rng);
    return b;
}

static float mean_of(const float *plane, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)plane[i];
    return (float)(sum / (double)count);
}

static void apply(const dsc_augment_call *call) {
    const erase_values *v = call->values;
    const size_t height = call->shape[1], width = call->shape[2], plane = height * width;
    const box b = (v->side ? square : rectangle)(v, height, width, call->rng);
    memcpy(call->out, call->in, call->shape[0] * plane * sizeof *call->out);
    for (size_t c = 0; c < call->shape[0]; c++) {
        const float left_there = v->fill == MEAN ? mean_of(call->in + c * plane, plane) : (float)v->value;
        for (size_t y = b.top; y < b.bottom; y++)
            for (size_t x = b.left; x < b.right; x++) call->out[c * plane + y * width + x] = left_there;
    }
}

static const dsc_param params[] = {
    DSC_REAL(erase_values, least, "0.02", 0, 1, "smallest share of the image to erase"),
    DSC_REAL(erase_values, most, "0.2", 0, 1, "largest share of the image to erase"),
    DSC_INT(erase_values, side, "0", 0, 10000,
            "side of a square in pixels, which may extend over the edge (cutout); 0: a rectangle of `least` "
            "to `most`"),
    DSC_CHOICE(erase_values, fill, "value", "value|mean",
               "content of the erased area: `value`, or the mean of the image's channel"),
    DSC_REAL(erase_values, value, "0", 0, 255, "value of the erased area if `fill` is value"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {
    {"", 0x9fcb97bc35f4d159}, {"side=12 fill=mean", 0x3d905708ec42be76}, {0}};

const dsc_augmentation dsc_augmentation_erase = {
    .name = "erase",
    .help = "erase a random rectangle, or a square (cutout)",
    .params = params,
    .values_size = sizeof(erase_values),
    .check = check,
    .apply = apply,
    .examples = examples,
};
