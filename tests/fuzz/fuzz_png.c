/* SPDX-License-Identifier: MIT */
/* fuzz_png.c: any chunks as a PNG. The checksum of every chunk is corrected first: otherwise libpng
 * refuses nearly all inputs of a fuzzer before it looks inside. */
#include "picture/picture.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIGNATURE = 8, AROUND = 12 /* bytes of a chunk besides its content: length, name, checksum */ };

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void correct_checksums(uint8_t *bytes, size_t size) {
    for (size_t at = SIGNATURE; size - at >= AROUND;) {
        const uint32_t length = get32(bytes + at);
        if (length > size - at - AROUND) return;
        const uint32_t crc = libdeflate_crc32(0, bytes + at + 4, length + 4);
        for (int i = 0; i < 4; i++) bytes[at + 8 + length + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
        at += AROUND + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_image image;
    dsc_error error;
    if (size < SIGNATURE) return 0;
    uint8_t *bytes = malloc(size);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    memcpy(bytes, "\x89PNG\r\n\x1A\n", SIGNATURE);
    correct_checksums(bytes, size);
    if (picture_parse(&image, bytes, size, "fuzz", &error)) {
        if (image.pixels || !error.message[0] || strchr(error.message, '\n')) abort();
    } else {
        unsigned sum = 0; /* every byte must be readable */
        for (size_t i = 0; i < image.width * image.height * image.channels; i++) sum |= image.pixels[i];
        if (sum > 255) abort();
        dsc_image_clear(&image);
    }
    free(bytes);
    return 0;
}
