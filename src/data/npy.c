/* SPDX-License-Identifier: MIT */
/* npy.c: NumPy's .npy files:
 *
 *   \x93NUMPY  version (2 bytes)  length of the header (2 bytes little-endian; 4 from version 2)
 *   {'descr': '<f8', 'fortran_order': False, 'shape': (784, 100), }  padded with spaces, ends in \n
 *   the elements */
#include "data/npy.h"

#include "base/error.h"
#include "base/file.h"
#include "base/recognise.h"
#include "data/array.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

static const char magic[] = "\x93NUMPY";

/* NumPy's names of the types, without the byte order. */
static const struct {
    dsc_type type;
    const char *name;
} type_names[] = {{DSC_U8, "u1"},  {DSC_I8, "i1"},  {DSC_I16, "i2"},
                  {DSC_I32, "i4"}, {DSC_F32, "f4"}, {DSC_F64, "f8"}};
enum { TYPES = sizeof type_names / sizeof *type_names };

/* --- the header's dictionary, a Python literal --- */

/* The text left to parse. */
struct reader {
    const char *at, *end;
};

static void skip_space(struct reader *reader) {
    while (reader->at < reader->end && isspace((unsigned char)*reader->at)) reader->at++;
}

/* Skips white space, and `text` if it follows; returns whether it does. */
static bool take(struct reader *reader, const char *text) {
    skip_space(reader);
    size_t length = strlen(text);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, text, length) != 0) return false;
    reader->at += length;
    return true;
}

/* Copies a quoted text without escapes and control characters to `out`. */
static bool take_quoted(struct reader *reader, char *out, size_t size) {
    skip_space(reader);
    if (reader->at == reader->end || (*reader->at != '\'' && *reader->at != '"')) return false;
    char quote = *reader->at++;
    size_t length = 0;
    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\\' &&
           (unsigned char)*reader->at >= 32 && length + 1 < size)
        out[length++] = *reader->at++;
    out[length] = '\0';
    if (reader->at == reader->end || *reader->at != quote) return false;
    reader->at++;
    return true;
}

static bool take_number(struct reader *reader, size_t *number) {
    skip_space(reader);
    if (reader->at == reader->end || !isdigit((unsigned char)*reader->at)) return false;
    *number = 0;
    for (; reader->at < reader->end && isdigit((unsigned char)*reader->at); reader->at++) {
        size_t digit = (size_t)(*reader->at - '0');
        if (*number > (SIZE_MAX - digit) / 10) return false;
        *number = 10 * *number + digit;
    }
    return true;
}

/* Parses "(784, 100)", "(5,)" or "()". */
static bool take_shape(struct reader *reader, dsc_npy_description *found) {
    if (!take(reader, "(")) return false;
    while (!take(reader, ")")) {
        size_t number;
        if (!take_number(reader, &number)) return false;
        if (found->rank < 4) found->shape[found->rank] = number;
        found->rank++;
        if (!take(reader, ",") && (skip_space(reader), reader->at == reader->end || *reader->at != ')'))
            return false;
    }
    return true;
}

static bool take_dictionary(struct reader *reader, dsc_npy_description *found) {
    char key[32];
    if (!take(reader, "{")) return false;
    while (!take(reader, "}")) {
        if (!take_quoted(reader, key, sizeof key) || !take(reader, ":")) return false;
        if (!strcmp(key, "descr")) {
            found->seen |= 1;
            if (take(reader, "["))
                return found->structured = true; /* a structured type: enough to refuse
                                                                     * it */
            if (!take_quoted(reader, found->type, sizeof found->type)) return false;
        } else if (!strcmp(key, "fortran_order")) {
            found->seen |= 2;
            found->fortran_order = take(reader, "True");
            if (!found->fortran_order && !take(reader, "False")) return false;
        } else if (!strcmp(key, "shape") && !(found->seen & 4)) {
            found->seen |= 4;
            if (!take_shape(reader, found)) return false;
        } else {
            return false;
        }
        if (!take(reader, ",") && (skip_space(reader), reader->at == reader->end || *reader->at != '}'))
            return false;
    }
    skip_space(reader);
    return found->seen == 7 && reader->at == reader->end;
}

/* --- reading --- */

/* The type of "<f8"; *swap: its bytes are in the other order. */
static bool known_type(dsc_type *type, bool *swap, const char *text) {
    if (!*text || !strchr("<>|=", *text)) return false;
    const uint16_t one = 1;
    bool little = *(const unsigned char *)&one == 1;
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(text + 1, type_names[i].name) != 0) continue;
        *type = type_names[i].type;
        if (*text == '|' && dsc_type_size(*type) > 1) return false;
        *swap = dsc_type_size(*type) > 1 && ((*text == '<' && !little) || (*text == '>' && little));
        return true;
    }
    return false;
}

static dsc_status check_description(dsc_type *type, bool *swap, const dsc_npy_description *found,
                                    const char *name, dsc_error *error) {
    if (found->structured || !known_type(type, swap, found->type))
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: expected elements of type u1, i1, i2, i4, f4 or f8, found %s; convert the array with "
            ".astype('f4') and save it again",
            name, found->structured ? "fields" : found->type);
    if (found->rank < 1 || found->rank > 4)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: expected an array of 1 to 4 dimensions, found %zu; change it with .reshape and save it "
            "again",
            name, found->rank);
    return DSC_OK;
}

/* Finds the dictionary: bytes[*start .. *start + *length). */
static dsc_status frame(size_t *start, size_t *length, const unsigned char *bytes, size_t size,
                        const char *name, dsc_error *error) {
    if (size < 6 || memcmp(bytes, magic, 6) != 0)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected a NumPy array (.npy), which starts with \\x93NUMPY at offset 0, found %s; check "
            "the path",
            name, dsc_kind_name(dsc_recognise(bytes, size)));
    if (size >= 8 && (bytes[6] < 1 || bytes[6] > 3))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: offset 6: expected version 1, 2 or 3 of the .npy format, found %u", name,
                        bytes[6]);
    *start = size >= 8 && bytes[6] > 1 ? 12 : 10;
    *length = 0;
    if (size >= *start)
        for (size_t i = *start; i-- > 8;) *length = *length << 8 | bytes[i];
    if (size < *start || size - *start < *length)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is cut short: expected a header of %zu bytes at offset %zu, the file ends after %zu bytes; "
            "copy it again",
            name, *length, *start, size);
    return DSC_OK;
}

dsc_status dsc_npy_describe(dsc_npy_description *found, const void *data, size_t size, const char *name,
                            dsc_error *error) {
    memset(found, 0, sizeof *found);
    const unsigned char *bytes = data;
    size_t start = 0, length = 0;
    dsc_status status = frame(&start, &length, bytes, size, name, error);
    if (status) return status;
    struct reader reader = {(const char *)bytes + start, (const char *)bytes + start + length};
    if (!take_dictionary(&reader, found) && !found->structured)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: the header cannot be understood at offset %zu: expected 'descr', 'fortran_order' and "
            "'shape' as numpy.save writes them",
            name, (size_t)(reader.at - (const char *)bytes));
    found->start = start + length;
    return DSC_OK;
}

void dsc_npy_order_start(dsc_npy_order *order, const dsc_npy_description *found) {
    memset(order, 0, sizeof *order);
    order->rank = found->rank;
    size_t stride = 1;
    for (size_t k = 0; k < found->rank; k++) {
        size_t axis = found->fortran_order ? k : found->rank - 1 - k;
        order->shape[axis] = found->shape[axis];
        order->stride[axis] = stride;
        stride *= found->shape[axis];
    }
}

void dsc_npy_order_next(dsc_npy_order *order) {
    for (size_t axis = order->rank; axis-- > 0;) {
        order->at += order->stride[axis];
        if (++order->index[axis] < order->shape[axis]) return;
        order->at -= order->stride[axis] * order->shape[axis];
        order->index[axis] = 0;
    }
}

dsc_status dsc_npy_parse(dsc_array *array, const void *data, size_t size, const char *name,
                         dsc_error *error) {
    memset(array, 0, sizeof *array);
    const unsigned char *bytes = data;
    size_t content;
    dsc_npy_description found;
    dsc_status status = dsc_npy_describe(&found, data, size, name, error);
    if (status) return status;
    dsc_type type = DSC_U8;
    bool swap = false;
    status = check_description(&type, &swap, &found, name, error);
    if (status) return status;
    char text[DSC_SHAPE_TEXT_SIZE];
    if (!dsc_array_bytes(&content, type, found.rank, found.shape) || content != size - found.start)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected %s %s at offset %zu, found %zu bytes; the file is cut short or damaged",
                        name, dsc_shape_text(text, found.rank, found.shape), dsc_type_name(type), found.start,
                        size - found.start);
    status = dsc_array_create(array, type, found.rank, found.shape, error);
    if (status) return status;
    const size_t each = dsc_type_size(type), count = content / each;
    if (found.fortran_order && found.rank > 1) {
        dsc_npy_order order;
        dsc_npy_order_start(&order, &found);
        for (size_t i = 0; i < count; i++, dsc_npy_order_next(&order))
            memcpy((unsigned char *)array->data + i * each, bytes + found.start + order.at * each, each);
    } else {
        memcpy(array->data, bytes + found.start, content);
    }
    if (swap) dsc_swap_bytes(array->data, count, each);
    return DSC_OK;
}

dsc_status dsc_npy_read(dsc_array *array, const char *path, dsc_error *error) {
    memset(array, 0, sizeof *array);
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_LIMIT, error);
    if (status) return status;
    status = dsc_npy_parse(array, bytes, size, path, error);
    free(bytes);
    return status;
}

/* --- writing --- */

dsc_status dsc_npy_header(unsigned char header[DSC_NPY_HEADER], size_t *header_size, size_t *content_size,
                          const dsc_array *array, const char *path, dsc_error *error) {
    const char *type = NULL;
    for (size_t i = 0; i < TYPES; i++)
        if (type_names[i].type == array->type) type = type_names[i].name;
    if (!type || !dsc_array_bytes(content_size, array->type, array->rank, array->shape) ||
        (*content_size && !array->data))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: cannot be written: expected an array of 1 to 4 dimensions of a known type, found type "
            "0x%02x and %zu dimensions",
            path, (unsigned)array->type, array->rank);
    const uint16_t one = 1;
    char order = *(const unsigned char *)&one == 1 ? '<' : '>', shape[128];
    size_t n = 0;
    for (size_t i = 0; i < array->rank; i++)
        n += (size_t)snprintf(shape + n, sizeof shape - n, i ? ", %zu" : "%zu", array->shape[i]);
    int length =
        snprintf((char *)header + 10, DSC_NPY_HEADER - 10,
                 "{'descr': '%c%s', 'fortran_order': False, 'shape': (%s%s), }",
                 dsc_type_size(array->type) > 1 ? order : '|', type, shape, array->rank == 1 ? "," : "");
    /* NumPy pads to a multiple of 64, so that the elements are aligned; the last byte is a newline. */
    *header_size = (10 + (size_t)length + 1 + 63) / 64 * 64;
    memset(header + 10 + length, ' ', *header_size - 10 - (size_t)length);
    header[*header_size - 1] = '\n';
    memcpy(header, "\x93NUMPY\1\0", 8);
    header[8] = (unsigned char)(*header_size - 10);
    header[9] = (unsigned char)((*header_size - 10) >> 8);
    return DSC_OK;
}

dsc_status dsc_npy_write(const char *path, const dsc_array *array, dsc_error *error) {
    unsigned char header[DSC_NPY_HEADER];
    size_t header_size, content_size;
    dsc_file_writer *writer;
    dsc_status status = dsc_npy_header(header, &header_size, &content_size, array, path, error);
    if (!status) status = dsc_file_writer_open(&writer, path, error);
    if (status) return status;
    status = dsc_file_writer_append(writer, header, header_size, error);
    if (!status) status = dsc_file_writer_append(writer, array->data, content_size, error);
    if (!status) return dsc_file_writer_commit(writer, error);
    dsc_file_writer_abort(writer);
    return status;
}
