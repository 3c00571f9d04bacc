/* SPDX-License-Identifier: MIT */
/* form_safetensors.c: images and labels as named arrays in a safetensors file: 8 bytes with the length of a
 * JSON header, the header, the arrays (https://huggingface.co/docs/safetensors). model/safetensors.h reads
 * models in that format. */
#include "data/form.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "data/arrays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))
enum { LENGTH_BYTES = 8, HEADER_MOST = 1 << 24 };

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    (void)error;
    /* The program's own files in this format are models. */
    *its = place->is_file && place->kind == DSC_KIND_SAFETENSORS &&
           !memmem(place->start, place->size, "\"descender\"", 11);
    return DSC_OK;
}

static bool read_size(size_t *number, const json_t *json) {
    if (!json_is_integer(json) || json_integer_value(json) < 0) return false;
    *number = (size_t)json_integer_value(json);
    return true;
}

/* Describes an array; *end is the end of its bytes in the file. */
static dsc_status describe(dsc_npy_description *found, size_t *end, const json_t *tensor, size_t start,
                           size_t size, const char *where, dsc_error *error) {
    const json_t *shape = json_object_get(tensor, "shape"),
                 *offsets = json_object_get(tensor, "data_offsets");
    const char *type = json_string_value(json_object_get(tensor, "dtype"));
    size_t begin;
    *found = (dsc_npy_description){.rank = json_array_size(shape)};
    if (!dsc_npy_type_of_safetensors(found->type, type))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: has the type %.20s; save it as U8", where,
                        type ? type : "(none)");
    for (size_t i = 0; i < found->rank && i < 4; i++)
        if (!read_size(&found->shape[i], json_array_get(shape, i)))
            return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a shape of whole numbers", where);
    if (!read_size(&begin, json_array_get(offsets, 0)) || !read_size(end, json_array_get(offsets, 1)) ||
        begin > *end || *end > size - start)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected data_offsets [begin, end] within the %zu bytes of data; the file is "
                        "damaged or cut off: copy it again",
                        where, size - start);
    found->start = start + begin;
    *end += start;
    return DSC_OK;
}

static dsc_status take_tensors(dsc_opening *o, dsc_text *seen, json_t *header, const unsigned char *bytes,
                               size_t start, size_t size, const char *path, dsc_error *error) {
    dsc_status status = DSC_OK;
    const char *key;
    json_t *tensor;
    json_object_foreach(header, key, tensor) {
        int set;
        bool labels, taken;
        dsc_npy_description found;
        size_t end = 0;
        char where[DSC_MESSAGE_SIZE];
        if (!strcmp(key, "__metadata__")) continue;
        dsc_text_append(seen, "%s%s", seen->length ? ", " : "", key);
        if (!dsc_array_role(&set, &labels, key)) continue;
        (void)snprintf(where, sizeof where, "%.700s, %.100s", path, key);
        status = describe(&found, &end, tensor, start, size, where, error);
        if (!status)
            status = dsc_sets_take_array(&taken, &o->sets, key, &found, bytes, end, o->reading, where, error);
        if (status) break;
    }
    return status;
}

dsc_status dsc_safetensors_take_sets(dsc_opening *o, const unsigned char *bytes, size_t size,
                                     const char *path, dsc_error *error) {
    uint64_t length = 0;
    dsc_text seen = {0};
    json_t *header;
    for (int i = 0; i < LENGTH_BYTES && size > LENGTH_BYTES; i++) length |= (uint64_t)bytes[i] << 8 * i;
    if (length < 2 || length > HEADER_MOST || length > size - LENGTH_BYTES)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: offset 0: expected the length of a header, found %llu in a file of %zu bytes; "
                        "the file is damaged or cut off: copy it again",
                        path, (unsigned long long)length, size);
    dsc_status status = dsc_json_parse(&header, (const char *)bytes + LENGTH_BYTES, (size_t)length,
                                       JSON_REJECT_DUPLICATES, path, error);
    if (status) return status;
    status = take_tensors(o, &seen, header, bytes, LENGTH_BYTES + (size_t)length, size, path, error);
    if (!status) status = dsc_sets_expect_arrays(&o->sets, &seen, path, error);
    if (!status) dsc_sets_tell(&o->understood, &o->sets);
    json_decref(header);
    dsc_text_free(&seen);
    return status;
}

static dsc_status open_tensors(dsc_opening *o, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_LIMIT, error);
    if (status) return status;
    status = dsc_safetensors_take_sets(o, bytes, size, path, error);
    free(bytes);
    return status;
}

static dsc_status visit_file(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    return visit(user, path, error);
}

const dsc_data_form dsc_data_form_safetensors = {
    .name = "safetensors",
    .help = "safetensors file with arrays named as in NumPy's form",
    .recognises = recognises,
    .open = open_tensors,
    .visit = visit_file,
};
