/* SPDX-License-Identifier: MIT */
/* prepare.c: a picture becomes the image that a model expects; see dsc_model_prepare in descender.h. */
#include "model/model.h"

#include "base/error.h"
#include "data/images.h"

#include <math.h>
#include <string.h>

/* A picture (height, width, channels), seen as planes of the model's channels. */
typedef struct source {
    const uint8_t *pixels;
    size_t height, width, channels, planes;
    unsigned behind; /* what shines through where it is transparent */
} source;

static unsigned grey_of(const uint8_t *rgb) {
    return (299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u;
}

static unsigned value_at(const source *s, size_t plane, size_t y, size_t x) {
    const uint8_t *pixel = s->pixels + (y * s->width + x) * s->channels;
    const unsigned value = s->planes == 3 ? pixel[plane] : s->channels == 1 ? pixel[0] : grey_of(pixel);
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
                        "the picture has %s, the model was made for images of %zu channels%s",
                        s->channels == 1 ? "one channel" : "colours", shape[0],
                        shape[0] == 3 ? "; give it one in colour" : "; give it an array of such images");
    /* Proportions are the same where scaling to the model's height gives its width, to one pixel. */
    const double wide = (double)s->width * (double)shape[1] / (double)s->height;
    if (fabs(wide - (double)shape[2]) <= 1) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "the picture is %zu x %zu pixels (height x width), the model was made for whole images of %zu x "
        "%zu, which are scaled but not cut; cut it to those proportions%s",
        s->height, s->width, shape[1], shape[2],
        shape[0] == 1 && shape[1] == 28 && shape[2] == 28
            ? ", or find and prepare digits in it (`descender predict --prepare`)"
            : "");
}

static bool is_blank(const uint8_t *image, size_t size) {
    return size < 2 || memcmp(image, image + 1, size - 1) == 0;
}

static dsc_status prepare_digit(uint8_t *image, dsc_picture_notes *notes, const source *s, dsc_error *error) {
    dsc_digit digit;
    dsc_status status = dsc_prepare_digit(&digit, notes, s->pixels, s->height, s->width, s->channels, error);
    if (!status) memcpy(image, digit.pixels, sizeof digit.pixels);
    return status;
}

dsc_status dsc_model_prepare(uint8_t *image, unsigned *did, dsc_picture_notes *notes, const dsc_model *model,
                             const uint8_t *pixels, size_t height, size_t width, size_t channels,
                             dsc_error *error) {
    dsc_images expected;
    unsigned done = 0;
    dsc_model_describe(&expected, model);
    const size_t *shape = expected.shape, size = shape[0] * shape[1] * shape[2];
    source s = {pixels, height, width, channels, shape[0], 255};
    if (did) *did = DSC_DID_PREPARE;
    if (notes) *notes = (dsc_picture_notes){.reduced = 1};
    if (expected.preparation == DSC_PREPARATION_DIGITS) return prepare_digit(image, notes, &s, error);
    if (did) *did = 0;
    dsc_status status = check(&s, shape, error);
    if (status) return status;
    take(image, &s, shape);
    /* White strokes on nothing: what is transparent must have been meant to be dark. */
    if (channels == 4 && is_blank(image, size)) {
        s.behind = 0;
        take(image, &s, shape);
    }
    if (height != shape[1] || width != shape[2]) done |= DSC_DID_SCALE;
    if (channels > 1 && shape[0] == 1) done |= DSC_DID_GREY;
    const dsc_ground ground = dsc_ground_of(image, 1, shape);
    if (dsc_grounds_differ(ground, expected.ground)) {
        for (size_t i = 0; i < size; i++) image[i] = (uint8_t)(255 - image[i]);
        done |= DSC_DID_TURN;
    }
    if (did) *did = done;
    return DSC_OK;
}
