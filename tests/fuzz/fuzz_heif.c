/* SPDX-License-Identifier: MIT */
/* fuzz_heif.c: any bytes as a HEIF file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("heif", data, size);
    return 0;
}
