/* SPDX-License-Identifier: MIT */
/* picture.h: shared by the targets of picture formats: bytes that begin like the format are either a
 * picture, all of which can be read, or an error with a message of one line. */
#ifndef TESTS_FUZZ_PICTURE_H
#define TESTS_FUZZ_PICTURE_H

#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

static inline void fuzz_picture(const char *name, const uint8_t *data, size_t size) {
    const picture_format *format = (const picture_format *)dsc_registry_find(&picture_formats, name);
    dsc_image image;
    dsc_error error;
    if (!format || !format->recognises(data, size)) return;
    if (picture_parse(&image, data, size, "fuzz", &error)) {
        if (image.pixels || !error.message[0] || strchr(error.message, '\n')) abort();
        return;
    }
    unsigned sum = 0; /* every byte must be readable */
    for (size_t i = 0; i < image.width * image.height * image.channels; i++) sum |= image.pixels[i];
    if (sum > 255) abort();
    dsc_image_clear(&image);
}

#endif
