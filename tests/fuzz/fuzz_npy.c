/* SPDX-License-Identifier: MIT */
/* fuzz_npy.c: any bytes as a .npy file, and as a .npz file with an array called "x". */
#include "data/array.h"
#include "data/npy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void examine(dsc_array *array, dsc_status status, const dsc_error *error) {
    if (status) {
        if (array->data || error->code != status || !*error->message || strchr(error->message, '\n')) abort();
        return;
    }
    unsigned char header[DSC_NPY_HEADER];
    size_t header_size, bytes;
    if (dsc_npy_header(header, &header_size, &bytes, array, "fuzz", NULL)) abort();
    unsigned sum = 0;
    for (size_t i = 0; i < bytes; i++) sum += ((const unsigned char *)array->data)[i];
    volatile unsigned keep = sum; /* every byte was read */
    (void)keep;
    dsc_array_clear(array);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_array array;
    dsc_error error = {0};
    dsc_status status = dsc_npy_parse(&array, data, size, "fuzz", &error);
    examine(&array, status, &error);
    status = dsc_npy_parse_bytes(&array, data, size, "fuzz", &error);
    examine(&array, status, &error);
    status = dsc_npz_parse(&array, data, size, "fuzz", "x", &error);
    examine(&array, status, &error);
    return 0;
}
