/* SPDX-License-Identifier: MIT */
/* fuzz_gif.c: any bytes as a GIF file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("gif", data, size);
    return 0;
}
