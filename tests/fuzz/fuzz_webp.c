/* SPDX-License-Identifier: MIT */
/* fuzz_webp.c: any bytes as a WebP file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("webp", data, size);
    return 0;
}
