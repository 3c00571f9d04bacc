/* SPDX-License-Identifier: MIT */
/* fuzz_heif.c: any bytes as a HEIF file, decoded as the program does it, in a separate process. */
#include "picture.h"

#include "picture/decoder.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    picture_decoder_begin(*argc, *argv);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("heif", data, size);
    return 0;
}
