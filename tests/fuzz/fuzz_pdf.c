/* SPDX-License-Identifier: MIT */
/* fuzz_pdf.c: any bytes as a PDF file. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("pdf", data, size);
    return 0;
}
