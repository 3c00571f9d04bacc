/* SPDX-License-Identifier: MIT */
/* fuzz_tiff.c: any bytes as a TIFF file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("tiff", data, size);
    return 0;
}
