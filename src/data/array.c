/* SPDX-License-Identifier: MIT */
/* array.c: arrays of up to four dimensions, and their element types. */
#include "data/array.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dsc_type_known(unsigned code) { return code <= 0xFF && dsc_type_size((dsc_type)code) != 0; }

size_t dsc_type_size(dsc_type type) {
    switch (type) {
    case DSC_U8:
    case DSC_I8:
        return 1;
    case DSC_I16:
        return 2;
    case DSC_I32:
    case DSC_F32:
        return 4;
    case DSC_F64:
        return 8;
    }
    return 0;
}

const char *dsc_type_name(dsc_type type) {
    switch (type) {
    case DSC_U8:
        return "bytes";
    case DSC_I8:
        return "signed bytes";
    case DSC_I16:
        return "16-bit integers";
    case DSC_I32:
        return "32-bit integers";
    case DSC_F32:
        return "32-bit floats";
    case DSC_F64:
        return "64-bit floats";
    }
    return "elements of an unknown type";
}

size_t dsc_array_count(const dsc_array *array) {
    if (!array || !array->rank || array->rank > 4) return 0;
    size_t count = 1;
    for (size_t i = 0; i < array->rank; i++) count *= array->shape[i];
    return count;
}

bool dsc_array_bytes(size_t *bytes, dsc_type type, size_t rank, const size_t *shape) {
    size_t total = dsc_type_size(type);
    if (!total || rank < 1 || rank > 4) return false;
    bool zero =
        false; /* a zero dimension must not hide an overflow of the others: strides are computed later */
    for (size_t i = 0; i < rank; i++) {
        zero = zero || shape[i] == 0;
        if (shape[i] && !dsc_multiply(&total, total, shape[i])) return false;
    }
    *bytes = zero ? 0 : total;
    return true;
}

dsc_status dsc_array_create(dsc_array *array, dsc_type type, size_t rank, const size_t *shape,
                            dsc_error *error) {
    memset(array, 0, sizeof *array);
    size_t bytes;
    if (!dsc_array_bytes(&bytes, type, rank, shape) || bytes > SIZE_MAX / 2)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "cannot create an array of type 0x%02x and %zu dimensions: expected a known type, 1 "
                        "to 4 dimensions and a size that fits into memory",
                        (unsigned)type, rank);
    unsigned char *block = dsc_allocate_aligned(DSC_ARRAY_FRONT + bytes, 1);
    if (!block) return dsc_fail_memory(error, bytes, "an array");
    array->type = type;
    array->rank = rank;
    memcpy(array->shape, shape, rank * sizeof *shape);
    array->data = block + DSC_ARRAY_FRONT;
    return DSC_OK;
}

void dsc_array_clear(dsc_array *array) {
    if (!array) return;
    if (array->data) free((unsigned char *)array->data - DSC_ARRAY_FRONT);
    memset(array, 0, sizeof *array);
}

void dsc_swap_bytes(void *elements, size_t count, size_t size) {
    unsigned char *p = elements;
    for (size_t i = 0; i < count; i++, p += size) {
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            unsigned char t = p[a];
            p[a] = p[b];
            p[b] = t;
        }
    }
}

char *dsc_shape_text(char out[DSC_SHAPE_TEXT_SIZE], size_t rank, const size_t *shape) {
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < rank && i < 4 && length < DSC_SHAPE_TEXT_SIZE; i++)
        length +=
            (size_t)snprintf(out + length, DSC_SHAPE_TEXT_SIZE - length, "%s%zu", i ? " x " : "", shape[i]);
    return out;
}
