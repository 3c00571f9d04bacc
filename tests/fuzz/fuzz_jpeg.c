/* SPDX-License-Identifier: MIT */
/* fuzz_jpeg.c: any bytes as a JPEG file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("jpeg", data, size);
    return 0;
}
