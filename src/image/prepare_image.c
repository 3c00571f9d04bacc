/* SPDX-License-Identifier: MIT */
/* prepare_image.c: converts a picture to the image that a model expects; see dsc_prepare_image in
 * descender.h. */
#include "image/ground.h"
#include "image/prepare.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A picture (height, width, channels). */
typedef struct source {
    const uint8_t *pixels;
    size_t height, width, channels;
} source;

/* Chooses how the picture becomes the model's image. Without a rule in the model, its images were whole
 * pictures: this one must have their aspect ratio, and is stretched by less than a pixel. */
static dsc_status choose_fit(dsc_fit *fit, const dsc_images *expected, const source *s, dsc_error *error) {
    const size_t *shape = expected->shape;
    *fit = expected->fit == DSC_FIT_NONE ? DSC_FIT_STRETCH : expected->fit;
    if (shape[0] != 1 && shape[0] != 3)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "a picture becomes an image of 1 or 3 channels, but the model was trained on images "
                        "of %zu; give it an array of such images",
                        shape[0]);
    if (expected->fit != DSC_FIT_NONE || s->height == 0) return DSC_OK;
    /* The aspect ratio is equal if scaling to the model's height gives its width within one pixel. */
    const double wide = (double)s->width * (double)shape[1] / (double)s->height;
    if (fabs(wide - (double)shape[2]) <= 1) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "the picture is %zu x %zu pixels (height x width), but the model was trained on whole "
                    "images of %zu x %zu and has no rule for other shapes: cut the picture to those "
                    "proportions, or choose to crop, pad or stretch it",
                    s->height, s->width, shape[1], shape[2]);
}

static void turn(uint8_t *image, size_t size) {
    for (size_t i = 0; i < size; i++) image[i] = (uint8_t)(255 - image[i]);
}

dsc_status dsc_digit_check_shape(const size_t shape[3], dsc_error *error) {
    if (shape[0] == 1 && shape[1] == DSC_DIGIT_SIDE && shape[2] == DSC_DIGIT_SIDE) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "digits are prepared as 1 x 28 x 28, but the model takes images of %zu x %zu x %zu "
                    "(channels x height x width)",
                    shape[0], shape[1], shape[2]);
}

void dsc_digit_as_expected(uint8_t *image, const dsc_images *expected, const dsc_digit *digit) {
    memcpy(image, digit->pixels, sizeof digit->pixels);
    if (expected->ground == DSC_GROUND_LIGHT) turn(image, sizeof digit->pixels);
}

static dsc_status prepare_digit(uint8_t *image, unsigned *did, dsc_picture_notes *notes,
                                const dsc_images *expected, const source *s, dsc_error *error) {
    dsc_digit digit;
    dsc_status status = dsc_digit_check_shape(expected->shape, error);
    if (!status)
        status = dsc_prepare_digit(&digit, notes, s->pixels, s->height, s->width, s->channels, error);
    if (status) return status;
    dsc_digit_as_expected(image, expected, &digit);
    *did = DSC_DID_PREPARE;
    return DSC_OK;
}

static dsc_status take_whole(uint8_t *image, unsigned *did, const dsc_images *expected, const source *s,
                             dsc_error *error) {
    const size_t *shape = expected->shape, size = shape[0] * shape[1] * shape[2];
    dsc_fit fit;
    dsc_status status = choose_fit(&fit, expected, s, error);
    if (!status)
        status = dsc_fit_image(image, shape, fit, s->pixels, s->height, s->width, s->channels, error);
    if (status) return status;
    if (s->height != shape[1] || s->width != shape[2]) *did |= DSC_DID_SCALE;
    if (s->channels > 1 && shape[0] == 1) *did |= DSC_DID_GREY;
    /* If there is a rule, the training images had no other change. */
    if (expected->fit != DSC_FIT_NONE) return DSC_OK;
    if (!dsc_grounds_differ(dsc_ground_of(image, 1, shape), expected->ground)) return DSC_OK;
    turn(image, size);
    *did |= DSC_DID_TURN;
    return DSC_OK;
}

dsc_status dsc_prepare_image(uint8_t *image, unsigned *did, dsc_picture_notes *notes,
                             const dsc_images *expected, const uint8_t *pixels, size_t height, size_t width,
                             size_t channels, dsc_error *error) {
    unsigned unwanted;
    const source s = {pixels, height, width, channels};
    if (!did) did = &unwanted;
    *did = 0;
    if (notes) *notes = (dsc_picture_notes){.reduced = 1};
    return expected->preparation == DSC_PREPARATION_DIGITS
               ? prepare_digit(image, did, notes, expected, &s, error)
               : take_whole(image, did, expected, &s, error);
}
