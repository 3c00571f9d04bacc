/* SPDX-License-Identifier: MIT */
/* fuzz_pgm.c: any bytes as a picture: PGM, PPM or PNG. All pixels of an accepted picture can be read. */
#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_image image;
    dsc_error error;
    if (picture_parse(&image, data, size, "fuzz", &error)) {
        if (image.pixels || !error.message[0]) abort();
        return 0;
    }
    /* Every byte must be readable. */
    unsigned sum = 0;
    for (size_t i = 0; i < image.width * image.height * image.channels; i++) sum |= image.pixels[i];
    if (sum > 255) abort();
    dsc_image_clear(&image);
    return 0;
}
