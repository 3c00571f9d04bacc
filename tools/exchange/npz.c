/* SPDX-License-Identifier: MIT */
/* npz.c: weights as NumPy arrays in a .npz file. A written file contains the parameters by name, and an array
 * of bytes called "descender" with the model's texts (model/native.c) as JSON, so that it can be read without
 * options:
 *
 *     json.loads(numpy.load("digits.npz")["descender"].tobytes()) */
#include "exchange/weights.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "base/visible.h"
#include "graph/graph.h"
#include "model/native.h"

#include <stdlib.h>
#include <string.h>

static const char TEXTS[] = "descender";

/* --- reading --- */

static dsc_status found_one(void *user, const char *name, dsc_error *error) {
    (void)error;
    (void)name;
    *(bool *)user = true;
    return DSC_ERROR_STOPPED;
}

static bool recognise(const unsigned char *bytes, size_t size) {
    bool found = false;
    dsc_error ignored;
    if (dsc_recognise(bytes, size) != DSC_KIND_ZIP) return false;
    const dsc_status status = dsc_npz_visit(bytes, size, "", found_one, &found, &ignored);
    return found || status == DSC_ERROR_FORMAT; /* a damaged archive: `read` says where */
}

typedef struct reading {
    const exchange_source *source;
    weights_list list;
    size_t unpacked;
    json_t *texts; /* of the program's own files; otherwise NULL */
} reading;

static dsc_status describe(weights_array *a, const unsigned char *npy, size_t size, const char *name,
                           dsc_error *error) {
    dsc_npy_description found;
    dsc_status status = dsc_npy_describe(&found, npy, size, name, error);
    if (status) return status;
    if (found.structured || !dsc_npy_encoding_read(&a->encoding, found.type))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: expected numbers, found elements of %s; save only the weights", name,
                        found.structured ? "fields" : found.type);
    a->rank = found.rank;
    a->count = 1;
    bool fits = true;
    for (size_t k = 0; k < found.rank && k < 4 && fits; k++) {
        a->shape[k] = found.shape[k];
        fits = dsc_multiply(&a->count, a->count, found.shape[k]);
    }
    /* A truncated shape has no known number of elements; it fits nowhere. */
    size_t bytes = 0;
    if (!fits || !dsc_multiply(&bytes, a->count, a->encoding.size) ||
        (found.rank <= 4 && bytes != size - found.start))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: has %zu bytes of elements, which do not fit its shape; the file is damaged: copy it again",
            name, size - found.start);
    a->data = npy + found.start;
    weights_set_strides(a, found.fortran_order);
    return DSC_OK;
}

/* NumPy's name. */
static const char *type_name(const dsc_npy_encoding *e) {
    static const char *const reals[] = {"float16", "float32", "float64"},
                             *const whole[] = {"int8", "int16", "int32", "int64"},
                             *const natural[] = {"uint8", "uint16", "uint32", "uint64"};
    size_t at = 0;
    while ((size_t)1 << at < e->size) at++;
    switch (e->letter) {
    case 'f':
        return reals[at > 0 ? at - 1 : 0];
    case 'i':
        return whole[at];
    case 'u':
        return natural[at];
    default:
        return e->letter == 'b' ? "bool" : "bfloat16";
    }
}

/* Adds `npy`, which lies in the file or in `buffer`, as the array called `name`. */
static dsc_status add(reading *r, const char *name, const unsigned char *npy, size_t size, void *buffer,
                      dsc_error *error) {
    char *copy = strdup(name);
    weights_array *a = &r->list.all[r->list.count];
    *a = (weights_array){.owned_data = buffer};
    r->list.count++;
    if (!copy) return dsc_fail_memory(error, strlen(name), "the name of an array");
    a->owned_name = true;
    a->label = weights_label_of(copy); /* NOLINT(clang-analyzer-unix.Malloc): it owns `copy` now */
    dsc_status status = describe(a, npy, size, name, error);
    if (status) return dsc_error_context(error, status, "%s", r->source->name);
    a->type = type_name(&a->encoding);
    return DSC_OK;
}

static dsc_status read_texts(reading *r, const unsigned char *npy, size_t size, dsc_error *error) {
    dsc_npy_description found;
    dsc_status status = dsc_npy_describe(&found, npy, size, TEXTS, error);
    if (!status && (found.rank != 1 || strcmp(found.type, "|u1") != 0))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected bytes with JSON, found %s of rank %zu",
                          TEXTS, found.structured ? "fields" : found.type, found.rank);
    if (!status)
        status = dsc_json_parse(&r->texts, npy + found.start, size - found.start, JSON_REJECT_DUPLICATES,
                                TEXTS, error);
    return status ? dsc_error_context(error, status, "%s", r->source->name) : DSC_OK;
}

static dsc_status visit(void *user, const char *name, dsc_error *error) {
    reading *r = user;
    const unsigned char *npy;
    unsigned char *buffer;
    size_t size;
    if (r->list.count == WEIGHTS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: more than %d arrays, the maximum", r->source->name,
                        WEIGHTS_MOST);
    dsc_status status =
        dsc_npz_member(&npy, &size, &buffer, r->source->bytes, r->source->size, r->source->name, name, error);
    if (!status && buffer && (r->unpacked += size) > EXCHANGE_BYTES_MOST)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: its arrays are larger than 4 GiB together",
                          r->source->name);
    if (status || !strcmp(name, TEXTS)) {
        if (!status && !r->texts) status = read_texts(r, npy, size, error);
        free(buffer);
        return status;
    }
    return add(r, name, npy, size, buffer, error);
}

static dsc_status fail_without_text(const exchange_source *source, dsc_error *error) {
    char command[DSC_COMMAND];
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: is no model of Descender, but NumPy arrays; the arrays do not say which network "
                    "they belong to, so give its text: %s",
                    source->name,
                    dsc_command(command, "descender import @ --model TEXT", source->name, NULL));
}

static dsc_status read_arrays(dsc_model **model, exchange_source *source, const void *values,
                              dsc_error *error) {
    reading r = {.source = source};
    r.list.all = dsc_allocate(WEIGHTS_MOST, sizeof *r.list.all);
    if (!r.list.all) return dsc_fail_memory(error, WEIGHTS_MOST * sizeof *r.list.all, "a list of arrays");
    dsc_status status = dsc_npz_visit(source->bytes, source->size, source->name, visit, &r, error);
    if (!status) weights_sort(&r.list);
    if (!status && r.texts)
        status = weights_make_own(model, source, &r.list, r.texts, error);
    else if (!status)
        status = source->model ? weights_make_model(model, source, &r.list, values, error)
                               : fail_without_text(source, error);
    json_decref(r.texts);
    weights_list_clear(&r.list);
    return status;
}

/* --- writing --- */

static dsc_status write_to(exchange_output *output, dsc_npz_entry *entries, dsc_array *arrays,
                           const dsc_model *model, char *texts, dsc_error *error) {
    size_t count = 0, size;
    unsigned char *bytes;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (!dsc_node_has_numbers(node)) continue;
        dsc_array *a = &arrays[count];
        *a = (dsc_array){.type = sizeof(dsc_real) == sizeof(float) ? DSC_F32 : DSC_F64,
                         .rank = node->shape.rank ? node->shape.rank : 1,
                         .shape = {1},
                         .data = model->values + node->offset};
        if (node->shape.rank) memcpy(a->shape, node->shape.size, sizeof a->shape);
        entries[count++] = (dsc_npz_entry){node->name, a};
    }
    arrays[count] = (dsc_array){.type = DSC_U8, .rank = 1, .shape = {strlen(texts)}, .data = texts};
    entries[count] = (dsc_npz_entry){TEXTS, &arrays[count]};
    dsc_status status = dsc_npz_make(&bytes, &size, entries, count + 1, "an export", error);
    return status ? status : exchange_add_file(output, ".npz", bytes, size, error);
}

static dsc_status write_arrays(exchange_output *output, const dsc_model *model, const void *values,
                               dsc_error *error) {
    json_t *json;
    (void)values;
    dsc_status status = dsc_model_texts(&json, model, error);
    if (status) return status;
    char *texts = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    dsc_npz_entry *entries = dsc_allocate(model->graph->count + 1, sizeof *entries);
    dsc_array *arrays = dsc_allocate(model->graph->count + 1, sizeof *arrays);
    status = texts && entries && arrays
                 ? write_to(output, entries, arrays, model, texts, error)
                 : dsc_fail_memory(error, model->graph->count * sizeof *arrays, "an export");
    free(entries);
    free(arrays);
    free(texts);
    return status;
}

const exchange_format exchange_format_npz = {
    .name = "npz",
    .help = "weights as named NumPy arrays; to read them, give the network's text, unless Descender wrote "
            "the file",
    .params = weights_params,
    .values_size = sizeof(weights_values),
    .suffix = ".npz",
    .recognise = recognise,
    .read = read_arrays,
    .write = write_arrays,
};
