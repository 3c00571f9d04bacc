/* SPDX-License-Identifier: MIT */
/* image.c: pictures in memory. */
#include "image/image.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool dsc_image_size_allowed(size_t width, size_t height) {
    return width > 0 && height > 0 && width <= DSC_IMAGE_SIDE_LIMIT && height <= DSC_IMAGE_SIDE_LIMIT &&
           (uint64_t)width * height <= DSC_IMAGE_PIXEL_LIMIT;
}

dsc_status dsc_image_create(dsc_image *image, size_t width, size_t height, size_t channels,
                            dsc_error *error) {
    *image = (dsc_image){0};
    if (!dsc_image_size_allowed(width, height) || (channels != 1 && channels != 3 && channels != 4))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "cannot create a picture of %zu x %zu pixels in %zu channels: expected sides from 1 "
                        "to %d, at most %d pixels, and 1, 3 or 4 channels",
                        width, height, channels, DSC_IMAGE_SIDE_LIMIT, DSC_IMAGE_PIXEL_LIMIT);
    uint8_t *pixels = dsc_allocate(width * height, channels);
    if (!pixels) return dsc_fail_memory(error, width * height * channels, "a picture");
    *image = (dsc_image){width, height, channels, pixels};
    return DSC_OK;
}

void dsc_image_clear(dsc_image *image) {
    free(image->pixels);
    *image = (dsc_image){0};
}

dsc_status dsc_image_turn(dsc_image *image, int orientation, dsc_error *error) {
    if (orientation < 1 || orientation > 8)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "an orientation is a number from 1 to 8, not %d",
                        orientation);
    if (orientation == 1) return DSC_OK;
    const bool lies = orientation >= 5; /* rows of the file become columns */
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const size_t w = image->width, h = image->height, channels = image->channels;
    dsc_image turned;
    dsc_status status = dsc_image_create(&turned, lies ? h : w, lies ? w : h, channels, error);
    if (status) return status;
    for (size_t y = 0; y < turned.height; y++)
        for (size_t x = 0; x < turned.width; x++) {
            const size_t column = lies ? y : x, row = lies ? x : y;
            const size_t u = from_right ? w - 1 - column : column, v = from_bottom ? h - 1 - row : row;
            memcpy(turned.pixels + (y * turned.width + x) * channels, image->pixels + (v * w + u) * channels,
                   channels);
        }
    dsc_image_clear(image);
    *image = turned;
    return DSC_OK;
}
