/* SPDX-License-Identifier: MIT */
/* safetensors.c: reads and writes the format described in safetensors.h. */
#include "model/safetensors.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "base/visible.h"
#include "data/array.h"
#include "model/graph_json.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, NUMBER_BYTES = 4, ALIGNED = 64 };
static const size_t HEADER_MOST = 100 * 1000 * 1000; /* the limit of the format */
static const char METADATA[] = "__metadata__";

float dsc_safetensors_number(const unsigned char *data, size_t index) {
    const unsigned char *b = data + NUMBER_BYTES * index;
    uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static void put_number(unsigned char *b, float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    for (int i = 0; i < NUMBER_BYTES; i++) b[i] = (unsigned char)(bits >> 8 * i);
}

static bool is_tensor(const char *key) { return strcmp(key, METADATA) != 0; }

/* --- reading --- */

typedef struct extent {
    size_t begin, end;
    const char *name;
} extent;

/* Reports that the file is not a model, by its type. */
static dsc_status fail_kind(const unsigned char *bytes, size_t size, const char *name, dsc_error *error) {
    char remedy[DSC_MESSAGE_SIZE], command[DSC_COMMAND];
    dsc_kind kind = dsc_recognise(bytes, size);
    /* Of JSON files only a recipe can be trained; a log has events. */
    if (kind == DSC_KIND_JSON && memmem(bytes, size, "\"event\"", 7)) kind = DSC_KIND_TEXT;
    switch (kind) {
    case DSC_KIND_IDX:
    case DSC_KIND_NPY:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected a model, found %s; name data with --data, and images as an operand of "
                        "`descender predict`",
                        name, dsc_kind_name(kind));
    case DSC_KIND_GZIP:
    case DSC_KIND_BZIP2:
    case DSC_KIND_XZ:
    case DSC_KIND_ZSTD:
    case DSC_KIND_LFS:
    case DSC_KIND_HTML:
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a model, found %s%s", name,
                        dsc_kind_name(kind), dsc_kind_remedy(remedy, kind, name));
    case DSC_KIND_JSON:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected a model, found %s; train a model with it first: %s", name,
                        dsc_kind_name(kind), dsc_command(command, "descender train --recipe @", name, NULL));
    case DSC_KIND_TORCH:
    case DSC_KIND_PICKLE:
    case DSC_KIND_KERAS:
    case DSC_KIND_HDF5:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected a model, found %s, which is not supported; extract its weights: %s; "
                        "then: descender import weights.npz --model TEXT",
                        name, dsc_kind_name(kind), dsc_kind_weights(remedy, kind, name));
    case DSC_KIND_CHECKPOINT:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected a model, found %s; finish the run with `descender train --resume` and "
                        "its folder, which then holds the model",
                        name, dsc_kind_name(kind));
    default:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected a model of Descender (safetensors), found %s; name the folder of a "
                        "run, or its model.safetensors, which `descender train` writes",
                        name, dsc_kind_name(kind));
    }
}

static dsc_status read_header(dsc_safetensors *file, const unsigned char *bytes, size_t size,
                              const char *name, dsc_error *error) {
    if (size < LENGTH_BYTES + 2) return fail_kind(bytes, size, name, error);
    uint64_t length = 0;
    for (int i = 0; i < LENGTH_BYTES; i++) length |= (uint64_t)bytes[i] << 8 * i;
    if (length < 2 || length > HEADER_MOST || bytes[LENGTH_BYTES] != '{')
        return fail_kind(bytes, size, name, error);
    if (length > size - LENGTH_BYTES)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: offset 0: the header should have %llu bytes, but only %zu follow; the file is "
                        "cut off: copy it again",
                        name, (unsigned long long)length, size - LENGTH_BYTES);
    json_error_t reason;
    file->header =
        json_loadb((const char *)bytes + LENGTH_BYTES, (size_t)length, JSON_REJECT_DUPLICATES, &reason);
    if (!json_is_object(file->header)) {
        bool memory = !file->header && json_error_code(&reason) == json_error_out_of_memory;
        return memory ? dsc_fail_memory(error, (size_t)length, "the header of a model file")
                      : dsc_fail(error, DSC_ERROR_FORMAT, "%s: offset %d: the header is not JSON: %s", name,
                                 LENGTH_BYTES + reason.position, reason.text);
    }
    file->data = bytes + LENGTH_BYTES + length;
    file->data_size = size - LENGTH_BYTES - (size_t)length;
    return DSC_OK;
}

static bool read_offset(size_t *offset, const json_t *json) {
    if (!json_is_integer(json) || json_integer_value(json) < 0) return false;
    *offset = (size_t)json_integer_value(json);
    return true;
}

/* Reads a shape of any rank; false if it is invalid or too large. */
static bool read_shape(dsc_safetensor *tensor, const json_t *shape) {
    tensor->rank = json_array_size(shape);
    tensor->count = 1;
    for (size_t i = 0; i < tensor->rank; i++) {
        size_t size;
        if (!read_offset(&size, json_array_get(shape, i)) ||
            !dsc_multiply(&tensor->count, tensor->count, size))
            return false;
        if (i < 4) tensor->shape[i] = size;
    }
    return json_is_array(shape);
}

/* The library's own files have F32 arrays with 0 to 4 dimensions, none of size 0. */
static dsc_status read_form(dsc_safetensor *tensor, const json_t *json, bool own, const char *name,
                            dsc_error *error) {
    char type[16];
    dsc_shape shape;
    tensor->type = json_string_value(json_object_get(json, "dtype"));
    if (!tensor->type || (own && strcmp(tensor->type, "F32") != 0) ||
        !dsc_npy_type_of_safetensors(type, tensor->type) || !dsc_npy_encoding_read(&tensor->encoding, type))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: '%.100s' has the type %.20s; expected F32: save it as float", name, tensor->name,
                        tensor->type ? tensor->type : "(none)");
    if (!read_shape(tensor, json_object_get(json, "shape")) ||
        (own && !dsc_shape_from_json(&shape, json_object_get(json, "shape"))))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: '%.100s': expected a shape of at most %d sizes%s", name,
                        tensor->name, DSC_RANK_MOST, own ? " of at least 1" : "");
    return DSC_OK;
}

static dsc_status read_tensor(extent *at, const dsc_safetensors *file, const char *key, const json_t *json,
                              bool own, const char *name, dsc_error *error) {
    const json_t *offsets = json_object_get(json, "data_offsets");
    dsc_safetensor tensor = {.name = key};
    dsc_status status = read_form(&tensor, json, own, name, error);
    if (status) return status;
    at->name = key;
    if (json_array_size(offsets) != 2 || !read_offset(&at->begin, json_array_get(offsets, 0)) ||
        !read_offset(&at->end, json_array_get(offsets, 1)) || at->begin > at->end)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: '%.100s': expected data_offsets [begin, end]", name,
                        key);
    if (at->end > file->data_size)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: '%.100s' ends at byte %zu of the data, but there are only %zu; the file is cut "
                        "off: copy it again",
                        name, key, at->end, file->data_size);
    size_t bytes = 0;
    const bool fits = dsc_multiply(&bytes, tensor.count, tensor.encoding.size);
    if (!fits || bytes != at->end - at->begin) {
        char text[DSC_SHAPE_TEXT_SIZE];
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: '%.100s' of shape %s has %zu bytes, expected %zu", name,
                        key, dsc_shape_text(text, tensor.rank < 4 ? tensor.rank : 4, tensor.shape),
                        at->end - at->begin, fits ? bytes : 0);
    }
    return DSC_OK;
}

static int compare_extents(const void *a, const void *b) {
    const extent *x = a, *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : (x->end < y->end ? -1 : x->end > y->end);
}

/* Checks that the arrays fill the data without gap or overlap. */
static dsc_status check_extents(extent *all, const dsc_safetensors *file, const char *name,
                                dsc_error *error) {
    size_t end = 0;
    qsort(all, file->tensors, sizeof *all, compare_extents);
    for (size_t i = 0; i < file->tensors; i++) {
        if (all[i].begin != end)
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: '%.100s' begins at byte %zu of the data, expected %zu: a%s", name,
                            all[i].name, all[i].begin, end, all[i].begin < end ? "n overlap" : " gap");
        end = all[i].end;
    }
    if (end != file->data_size)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %zu bytes follow the last array, expected none", name,
                        file->data_size - end);
    return DSC_OK;
}

static dsc_status check_tensors(dsc_safetensors *file, bool own, const char *name, dsc_error *error) {
    const char *key;
    json_t *value;
    extent *all = dsc_allocate(json_object_size(file->header), sizeof *all);
    if (!all)
        return dsc_fail_memory(error, json_object_size(file->header) * sizeof *all,
                               "the arrays of a model file");
    dsc_status status = DSC_OK;
    json_object_foreach(file->header, key, value) {
        if (!is_tensor(key)) continue;
        status = read_tensor(&all[file->tensors++], file, key, value, own, name, error);
        if (status) break;
    }
    if (!status) status = check_extents(all, file, name, error);
    free(all);
    return status;
}

static dsc_status check_metadata(const dsc_safetensors *file, const char *name, dsc_error *error) {
    json_t *all = json_object_get(file->header, METADATA), *value;
    const char *key;
    if (all && !json_is_object(all))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %s: expected an object of texts", name, METADATA);
    json_object_foreach(all, key, value) if (!json_is_string(value)) return dsc_fail(
        error, DSC_ERROR_FORMAT, "%s: %s: '%.100s' is not a text", name, METADATA, key);
    return DSC_OK;
}

/* Checked before the arrays: errors in the arrays of another program's file would not help anybody. */
static dsc_status check_maker(const dsc_safetensors *file, const char *name, dsc_error *error) {
    const char *format = dsc_safetensors_text(file, "format");
    if (format && !strcmp(format, "descender")) return DSC_OK;
    char command[DSC_COMMAND];
    const bool pytorch = format && !strcmp(format, "pt");
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: is no model of Descender, but weights from %s (its metadata has no \"format\": \"descender\"); "
        "the weights do not say which network they belong to, so give its text: %s",
        name, pytorch ? "PyTorch" : "another program",
        dsc_command(command, "descender import @ --model TEXT", name, NULL));
}

static dsc_status parse(dsc_safetensors *file, const void *bytes, size_t size, bool own, const char *name,
                        dsc_error *error) {
    *file = (dsc_safetensors){0};
    dsc_status status = read_header(file, bytes, size, name, error);
    if (!status) status = check_metadata(file, name, error);
    if (!status && own) status = check_maker(file, name, error);
    if (!status) status = check_tensors(file, own, name, error);
    if (status) dsc_safetensors_clear(file);
    return status;
}

dsc_status dsc_safetensors_parse(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                 dsc_error *error) {
    return parse(file, bytes, size, true, name, error);
}

dsc_status dsc_safetensors_parse_any(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                     dsc_error *error) {
    return parse(file, bytes, size, false, name, error);
}

void dsc_safetensors_clear(dsc_safetensors *file) {
    json_decref(file->header);
    *file = (dsc_safetensors){0};
}

static int compare_places(const void *a, const void *b) {
    const dsc_safetensor *x = a, *y = b;
    if (x->data != y->data) return x->data < y->data ? -1 : 1;
    return x->count < y->count ? -1 : x->count > y->count; /* empty arrays take no space */
}

dsc_status dsc_safetensors_list(dsc_safetensor **result, const dsc_safetensors *file, dsc_error *error) {
    const char *key;
    json_t *value;
    size_t count = 0;
    dsc_safetensor *list = dsc_allocate(file->tensors, sizeof *list);
    *result = list;
    if (!list) return dsc_fail_memory(error, file->tensors * sizeof *list, "the arrays of a model file");
    json_object_foreach(file->header, key, value) {
        if (!is_tensor(key)) continue;
        size_t begin = 0;
        dsc_safetensor *tensor = &list[count++];
        tensor->name = key;
        (void)read_form(tensor, value, false, key, NULL); /* already checked by the parser */
        (void)read_offset(&begin, json_array_get(json_object_get(value, "data_offsets"), 0));
        tensor->data = file->data + begin;
    }
    qsort(list, count, sizeof *list, compare_places);
    return DSC_OK;
}

const json_t *dsc_safetensors_texts(const dsc_safetensors *file) {
    return json_object_get(file->header, METADATA);
}

const char *dsc_safetensors_text(const dsc_safetensors *file, const char *key) {
    return json_string_value(json_object_get(json_object_get(file->header, METADATA), key));
}

bool dsc_safetensors_find(const dsc_safetensors *file, const char *name, dsc_shape *shape,
                          const unsigned char **data) {
    const json_t *json = is_tensor(name) ? json_object_get(file->header, name) : NULL;
    if (!json || !dsc_shape_from_json(shape, json_object_get(json, "shape"))) return false;
    size_t begin = 0;
    if (!read_offset(&begin, json_array_get(json_object_get(json, "data_offsets"), 0))) return false;
    *data = file->data + begin;
    return true;
}

/* --- writing --- */

static bool has_values(const dsc_node *node) {
    return node->kind == DSC_NODE_PARAMETER || node->kind == DSC_NODE_BUFFER;
}

static json_t *make_header(size_t *data_size, const json_t *metadata, const dsc_graph *graph) {
    json_t *header = json_object();
    bool good = header && (!metadata || !json_object_set(header, METADATA, (json_t *)(uintptr_t)metadata));
    size_t offset = 0;
    for (size_t i = 0; good && i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (!has_values(node)) continue;
        size_t end = offset + NUMBER_BYTES * dsc_shape_count(&node->shape);
        json_t *tensor =
            json_pack("{s:s, s:o?, s:[I, I]}", "dtype", "F32", "shape", dsc_shape_to_json(&node->shape),
                      "data_offsets", (json_int_t)offset, (json_int_t)end);
        good = json_is_array(json_object_get(tensor, "shape"));
        if (good)
            good = !json_object_set_new(header, node->name, tensor);
        else
            json_decref(tensor);
        offset = end;
    }
    *data_size = offset;
    if (good) return header;
    json_decref(header);
    return NULL;
}

dsc_status dsc_safetensors_write(unsigned char **result, size_t *size, const json_t *metadata,
                                 const dsc_graph *graph, const dsc_real *slab, dsc_error *error) {
    *result = NULL;
    size_t data_size;
    json_t *header = make_header(&data_size, metadata, graph);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    if (!text) return dsc_fail_memory(error, 4096, "the header of a model file");
    size_t length = strlen(text), start = (LENGTH_BYTES + length + ALIGNED - 1) / ALIGNED * ALIGNED;
    unsigned char *bytes = malloc(start + data_size);
    if (bytes) {
        for (int i = 0; i < LENGTH_BYTES; i++)
            bytes[i] = (unsigned char)((uint64_t)(start - LENGTH_BYTES) >> 8 * i);
        memcpy(bytes + LENGTH_BYTES, text, length);
        memset(bytes + LENGTH_BYTES + length, ' ', start - LENGTH_BYTES - length);
        unsigned char *to = bytes + start;
        for (size_t i = 0; i < graph->count; i++) {
            const dsc_node *node = graph->nodes[i];
            for (size_t k = 0; has_values(node) && k < dsc_shape_count(&node->shape); k++, to += NUMBER_BYTES)
                put_number(to, (float)slab[node->offset + k]);
        }
        *result = bytes;
        *size = start + data_size;
    }
    free(text);
    return bytes ? DSC_OK : dsc_fail_memory(error, start + data_size, "a model file");
}
