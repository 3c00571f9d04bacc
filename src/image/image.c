/* SPDX-License-Identifier: MIT */
/* image.c: pictures in memory. */
#include "image/image.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

bool dsc_image_size_allowed(size_t width, size_t height) {
    return width > 0 && height > 0 && width <= DSC_IMAGE_SIDE_LIMIT && height <= DSC_IMAGE_SIDE_LIMIT &&
           (uint64_t)width * height <= DSC_IMAGE_PIXEL_LIMIT;
}

dsc_status dsc_image_create(dsc_image *image, size_t width, size_t height, size_t channels,
                            dsc_error *error) {
    *image = (dsc_image){0};
    if (!dsc_image_size_allowed(width, height) || (channels != 1 && channels != 3 && channels != 4))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "a picture of %zu x %zu pixels in %zu channels cannot be made: expected sides of 1 to %d, "
            "at most %d pixels, and 1, 3 or 4 channels",
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
