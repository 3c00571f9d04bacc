/* SPDX-License-Identifier: MIT */
/* fuzz_idx.c: any bytes as an IDX file, plain or compressed. An accepted file must be consistent; a
 * refused one must leave no memory and give a message of one line. */
#include "data/array.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_array array;
    dsc_error error = {0};
    dsc_status status = dsc_idx_parse(&array, data, size, "fuzz", &error);
    if (status) {
        if (array.data || error.code != status || !*error.message || strchr(error.message, '\n')) abort();
        return 0;
    }
    size_t bytes;
    if (!dsc_array_bytes(&bytes, array.type, array.rank, array.shape)) abort();
    if (bytes != dsc_array_count(&array) * dsc_type_size(array.type)) abort();
    unsigned sum = 0;
    for (size_t i = 0; i < bytes; i++) sum += ((const unsigned char *)array.data)[i];
    volatile unsigned keep = sum; /* every byte was read */
    (void)keep;
    dsc_array_clear(&array);
    return 0;
}
