/* SPDX-License-Identifier: MIT */
/* prepare_image.c: a picture becomes the image that a model expects; see dsc_prepare_image in descender.h. */
#include "image/ground.h"
#include "image/image.h"
#include "image/prepare.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A picture (height, width, channels), seen as planes of the model's channels. */
typedef struct source {
    const uint8_t *pixels;
    size_t height, width, channels, planes;
    unsigned behind; /* what shines through where it is transparent */
} source;

static unsigned value_at(const source *s, size_t plane, size_t y, size_t x) {
    const uint8_t *pixel = s->pixels + (y * s->width + x) * s->channels;
    const unsigned value = s->planes == 3 ? pixel[plane] : s->channels == 1 ? pixel[0] : dsc_luma(pixel);
    if (s->channels != 4) return value;
    return (value * pixel[3] + s->behind * (255u - pixel[3]) + 127u) / 255u;
}

/* The mean over an area of the picture, whose sides may cut through pixels. */
static uint8_t mean_over(const source *s, size_t plane, double top, double bottom, double left,
                         double right) {
    double sum = 0, area = 0;
    for (size_t y = (size_t)top; y < s->height && (double)y < bottom; y++) {
        const double high = fmin(bottom, (double)(y + 1)) - fmax(top, (double)y);
        for (size_t x = (size_t)left; x < s->width && (double)x < right; x++) {
            const double part = high * (fmin(right, (double)(x + 1)) - fmax(left, (double)x));
            sum += part * value_at(s, plane, y, x);
            area += part;
        }
    }
    return (uint8_t)(area > 0 ? sum / area + 0.5 : 0);
}

static void take(uint8_t *image, const source *s, const size_t shape[3]) {
    const double down = (double)s->height / (double)shape[1], across = (double)s->width / (double)shape[2];
    const bool same = s->height == shape[1] && s->width == shape[2];
    for (size_t c = 0; c < shape[0]; c++)
        for (size_t y = 0; y < shape[1]; y++)
            for (size_t x = 0; x < shape[2]; x++)
                *image++ = same ? (uint8_t)value_at(s, c, y, x)
                                : mean_over(s, c, (double)y * down, (double)(y + 1) * down,
                                            (double)x * across, (double)(x + 1) * across);
}

static dsc_status check(const source *s, const size_t shape[3], dsc_error *error) {
    const bool picture =
        s->height > 0 && s->width > 0 && (s->channels == 1 || s->channels == 3 || s->channels == 4);
    if (!picture)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected a picture of 1, 3 or 4 channels, found %zu x %zu pixels with %zu",
                        s->height, s->width, s->channels);
    if (shape[0] != 1 && (shape[0] != 3 || s->channels == 1))
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "the picture has %s, the model was trained on images of %zu channels%s",
                        s->channels == 1 ? "one channel" : "colours", shape[0],
                        shape[0] == 3 ? "; give it one in colour" : "; give it an array of such images");
    /* Proportions are the same where scaling to the model's height gives its width, to one pixel. */
    const double wide = (double)s->width * (double)shape[1] / (double)s->height;
    if (fabs(wide - (double)shape[2]) <= 1) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "the picture is %zu x %zu pixels (height x width), the model was trained on whole images "
                    "of %zu x %zu; a "
                    "picture is scaled but not cut: cut it to those proportions",
                    s->height, s->width, shape[1], shape[2]);
}

static bool is_blank(const uint8_t *image, size_t size) {
    return size < 2 || memcmp(image, image + 1, size - 1) == 0;
}

static void turn(uint8_t *image, size_t size) {
    for (size_t i = 0; i < size; i++) image[i] = (uint8_t)(255 - image[i]);
}

dsc_status dsc_digit_check_shape(const size_t shape[3], dsc_error *error) {
    if (shape[0] == 1 && shape[1] == DSC_DIGIT_SIDE && shape[2] == DSC_DIGIT_SIDE) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "digits are prepared as 1 x 28 x 28, the model takes images of %zu x %zu x %zu "
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

static dsc_status take_whole(uint8_t *image, unsigned *did, const dsc_images *expected, source *s,
                             dsc_error *error) {
    const size_t *shape = expected->shape, size = shape[0] * shape[1] * shape[2];
    dsc_status status = check(s, shape, error);
    if (status) return status;
    take(image, s, shape);
    /* White strokes on nothing: what is transparent must have been meant to be dark. */
    if (s->channels == 4 && is_blank(image, size)) {
        s->behind = 0;
        take(image, s, shape);
    }
    if (s->height != shape[1] || s->width != shape[2]) *did |= DSC_DID_SCALE;
    if (s->channels > 1 && shape[0] == 1) *did |= DSC_DID_GREY;
    if (!dsc_grounds_differ(dsc_ground_of(image, 1, shape), expected->ground)) return DSC_OK;
    turn(image, size);
    *did |= DSC_DID_TURN;
    return DSC_OK;
}

dsc_status dsc_prepare_image(uint8_t *image, unsigned *did, dsc_picture_notes *notes,
                             const dsc_images *expected, const uint8_t *pixels, size_t height, size_t width,
                             size_t channels, dsc_error *error) {
    unsigned unwanted;
    source s = {pixels, height, width, channels, expected->shape[0], 255};
    if (!did) did = &unwanted;
    *did = 0;
    if (notes) *notes = (dsc_picture_notes){.reduced = 1};
    return expected->preparation == DSC_PREPARATION_DIGITS
               ? prepare_digit(image, did, notes, expected, &s, error)
               : take_whole(image, did, expected, &s, error);
}
