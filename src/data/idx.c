/* SPDX-License-Identifier: MIT */
/* idx.c: reads IDX files (the format: idx.h). Allocates nothing for a header's claim before the claim agrees
 * with the size of the file. */
#include "data/idx.h"

#include "base/error.h"
#include "base/file.h"
#include "base/recognise.h"
#include "data/array.h"
#include "data/gzip.h"

#include <stdlib.h>
#include <string.h>

static uint32_t big32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

/* --- the header --- */

/* A remedy for a file of another kind. */
static const char *other_use(char remedy[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path) {
    switch (kind) {
    case DSC_KIND_PNG:
    case DSC_KIND_PNM:
        return "; `descender data pack` converts folders of pictures to IDX files";
    case DSC_KIND_JPEG:
    case DSC_KIND_GIF:
    case DSC_KIND_BMP:
    case DSC_KIND_TIFF:
    case DSC_KIND_WEBP:
    case DSC_KIND_HEIF:
        return "; convert the pictures to PNG; `descender data pack` converts folders of PNG files to IDX "
               "files";
    case DSC_KIND_ZIP:
        return "; unpack it, and name the folder of the files";
    case DSC_KIND_SAFETENSORS:
        return "; name a model as RUN|MODEL or with --model";
    default:
        return dsc_kind_remedy(remedy, kind, path);
    }
}

static dsc_status fail_magic(dsc_error *error, const unsigned char *bytes, size_t size, const char *path) {
    char remedy[DSC_MESSAGE_SIZE];
    const char *name = dsc_source_name(path);
    if (!size)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: is empty; download or copy the file again", name);
    dsc_kind kind = dsc_recognise(bytes, size);
    if (kind == DSC_KIND_GZIP)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected an IDX file, found a gzip file inside a gzip file%s", name,
                        dsc_kind_remedy(remedy, kind, path));
    if (kind != DSC_KIND_UNKNOWN && kind != DSC_KIND_IDX)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected an IDX file, found %s%s", name,
                        dsc_kind_name(kind), other_use(remedy, kind, path));
    if (size < 4)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is cut short: expected IDX's magic number of 4 bytes at offset 0, found %zu bytes; "
            "download or copy the file again",
            name, size);
    if (bytes[0] || bytes[1])
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is not an IDX file: expected two zero bytes at offset 0, found %02x %02x; check the path",
            name, bytes[0], bytes[1]);
    if (!dsc_type_known(bytes[2]))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: offset 2: expected one of IDX's types 08, 09, 0b, 0c, 0d, 0e, found %02x; the file "
            "is damaged or no IDX file",
            name, bytes[2]);
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: offset 3: expected 1 to 4 dimensions, found %u; the file is damaged or no IDX file",
                    name, bytes[3]);
}

dsc_status dsc_idx_header(dsc_array *array, size_t *start, const unsigned char *bytes, size_t size,
                          const char *path, dsc_error *error) {
    const char *name = dsc_source_name(path);
    memset(array, 0, sizeof *array);
    *start = 0;
    if (size < 4 || bytes[0] || bytes[1] || !dsc_type_known(bytes[2]) || bytes[3] < 1 || bytes[3] > 4)
        return fail_magic(error, bytes, size, path);
    size_t rank = bytes[3], header = 4 + 4 * rank, shape[4] = {0}, content;
    if (size < header)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is cut short: expected %zu dimensions of 4 bytes each from offset 4, found %zu bytes; "
            "download or copy the file again",
            name, rank, size - 4);
    for (size_t i = 0; i < rank; i++) shape[i] = big32(bytes + 4 + 4 * i);
    char text[DSC_SHAPE_TEXT_SIZE];
    if (!dsc_array_bytes(&content, (dsc_type)bytes[2], rank, shape))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: offset 4: the dimensions %s are larger than any memory; the file is damaged",
                        name, dsc_shape_text(text, rank, shape));
    if (size - header != content)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected %zu bytes at offset %zu for %s %s, found %zu; %s", name, content,
                        header, dsc_shape_text(text, rank, shape), dsc_type_name((dsc_type)bytes[2]),
                        size - header,
                        size - header < content ? "the file is cut short: download or copy it again"
                                                : "there are bytes after the end: download or copy it again");
    array->type = (dsc_type)bytes[2];
    array->rank = rank;
    memcpy(array->shape, shape, sizeof shape);
    *start = header;
    return DSC_OK;
}

/* --- the elements --- */

static void to_host_order(dsc_array *array) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    size_t size = dsc_type_size(array->type);
    if (size > 1) dsc_swap_bytes(array->data, dsc_array_count(array), size);
#else
    (void)array;
#endif
}

dsc_status dsc_idx_adopt(dsc_array *array, unsigned char *block, size_t size, const char *path,
                         dsc_error *error) {
    size_t start;
    unsigned char *bytes = block + DSC_IDX_FRONT, *elements = block + DSC_ARRAY_FRONT;
    dsc_status status = dsc_idx_header(array, &start, bytes, size, path, error);
    if (status) {
        free(block);
        return status;
    }
    if (DSC_IDX_FRONT + start != DSC_ARRAY_FRONT) memmove(elements, bytes + start, size - start);
    array->data = elements;
    to_host_order(array);
    return DSC_OK;
}

static dsc_status copy_plain(dsc_array *array, const unsigned char *bytes, size_t size, const char *path,
                             dsc_error *error) {
    dsc_array header;
    size_t start;
    dsc_status status = dsc_idx_header(&header, &start, bytes, size, path, error);
    if (!status) status = dsc_array_create(array, header.type, header.rank, header.shape, error);
    if (status) return status;
    memcpy(array->data, bytes + start, size - start);
    to_host_order(array);
    return DSC_OK;
}

dsc_status dsc_idx_parse(dsc_array *array, const void *bytes, size_t size, const char *path,
                         dsc_error *error) {
    memset(array, 0, sizeof *array);
    if (!dsc_is_gzip(bytes, size)) return copy_plain(array, bytes, size, path, error);
    unsigned char *block;
    size_t length;
    uint32_t crc;
    dsc_status status =
        dsc_gunzip(&block, &length, &crc, bytes, size, DSC_IDX_FRONT, dsc_source_name(path), error);
    return status ? status : dsc_idx_adopt(array, block, length, path, error);
}

dsc_status dsc_idx_read(dsc_array *array, const char *path, dsc_error *error) {
    memset(array, 0, sizeof *array);
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, DSC_IDX_FILE_LIMIT, error);
    if (status) return status;
    status = dsc_idx_parse(array, bytes, size, path, error);
    free(bytes);
    return status;
}
