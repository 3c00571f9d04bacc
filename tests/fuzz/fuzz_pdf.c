/* SPDX-License-Identifier: MIT */
/* fuzz_pdf.c: any bytes as a PDF file, drawn as the program does it, in a separate process. */
#include "picture.h"

#include "picture/decoder.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    picture_decoder_begin(*argc, *argv);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("pdf", data, size);
    return 0;
}
