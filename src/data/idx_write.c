/* SPDX-License-Identifier: MIT */
/* idx_write.c: writes IDX files (the format: idx.h), plain or compressed. */
#include "base/error.h"
#include "base/file.h"
#include "data/array.h"
#include "data/gzip.h"
#include "data/idx.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static void put_big32(unsigned char *p, size_t value) {
    for (int i = 0; i < 4; i++) p[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Makes the whole plain file in a new buffer. */
static dsc_status serialise(unsigned char **file, size_t *size, const dsc_array *array, const char *path,
                            dsc_error *error) {
    size_t content, header = 4 + 4 * array->rank;
    if (!dsc_array_bytes(&content, array->type, array->rank, array->shape) || content > SIZE_MAX / 2 ||
        (content && !array->data))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: cannot be written: expected an array of 1 to 4 dimensions of a known type, found "
            "type 0x%02x and %zu dimensions",
            path, (unsigned)array->type, array->rank);
    for (size_t i = 0; i < array->rank; i++)
        if (array->shape[i] > UINT32_MAX)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "%s: cannot be written: IDX holds dimensions up to 4294967295, found %zu", path,
                            array->shape[i]);
    *size = header + content;
    *file = malloc(*size);
    if (!*file) return dsc_fail_memory(error, *size, path);
    unsigned char *p = *file;
    p[0] = p[1] = 0;
    p[2] = (unsigned char)array->type;
    p[3] = (unsigned char)array->rank;
    for (size_t i = 0; i < array->rank; i++) put_big32(p + 4 + 4 * i, array->shape[i]);
    if (content) memcpy(p + header, array->data, content);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    dsc_swap_bytes(p + header, dsc_array_count(array), dsc_type_size(array->type));
#endif
    return DSC_OK;
}

dsc_status dsc_idx_begin(dsc_file_writer **writer, const char *path, const dsc_array *array,
                         dsc_error *error) {
    *writer = NULL;
    unsigned char *file, *packed = NULL;
    size_t size = 0;
    dsc_status status = serialise(&file, &size, array, path, error);
    if (status) return status;
    if (ends_with(path, ".gz")) {
        status = dsc_gzip(&packed, &size, file, size, error);
        free(file);
        file = packed;
    }
    if (!status) status = dsc_file_writer_open(writer, path, error);
    if (!status) status = dsc_file_writer_append(*writer, file, size, error);
    if (status) {
        dsc_file_writer_abort(*writer);
        *writer = NULL;
    }
    free(file);
    return status;
}

dsc_status dsc_idx_write(const char *path, const dsc_array *array, dsc_error *error) {
    dsc_file_writer *writer;
    dsc_status status = dsc_idx_begin(&writer, path, array, error);
    return status ? status : dsc_file_writer_commit(writer, error);
}
