/* SPDX-License-Identifier: MIT */
/* native.c: the model file. Arrays are stored as safetensors, everything else as texts in its metadata:
 *
 *   format           "descender"              text             "784-100-10"
 *   format_version   "1"                      loss             "softmax-cross-entropy"
 *   written_by       "0.1.0"                  normalisation    {"name": "unit", "scale": [...],
 *                                                              "offset": [...]}
 *   graph            see graph_json.h, with "image", "target", "logits", "loss": the indices of those nodes
 *   classes          ["0", "1", ...]          about            {"recipe": "...", ...}
 *   images           {"preparation": "none", "ground": "dark", "fit": "crop"}: the images that the model
 *                    expects; optional, as is "fit"
 *   refuse_below     "0.93": an answer with a lower probability is refused; absent: no refusals
 *   own_graph        "true" if the text is only a name; otherwise absent */
#include "model/model.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "data/dataset.h"
#include "data/images.h"
#include "model/graph_json.h"
#include "model/native.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1 };
static const size_t FILE_MOST = DSC_SIZE_OF((uint64_t)1 << 32);

/* --- writing --- */

/* Stores `json` as a text under `key`; takes ownership. */
static bool put_json(json_t *metadata, const char *key, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    bool good = text && !json_object_set_new(metadata, key, json_string(text));
    free(text);
    json_decref(json);
    return good;
}

static bool put_real(json_t *metadata, const char *key, double value) {
    char text[32];
    return !json_object_set_new(metadata, key, json_string(dsc_format_shortest(text, value)));
}

static json_t *graph_of(const dsc_model *model) {
    json_t *json = dsc_graph_to_json(model->graph);
    if (json && !json_object_set_new(json, "image", json_integer((json_int_t)model->image->index)) &&
        !json_object_set_new(json, "target", json_integer((json_int_t)model->target->index)) &&
        !json_object_set_new(json, "logits", json_integer((json_int_t)model->logits->index)) &&
        !json_object_set_new(json, "loss", json_integer((json_int_t)model->loss->index)))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *numbers_of(const dsc_real *numbers, size_t count) {
    json_t *json = json_array();
    for (size_t i = 0; json && i < count; i++)
        if (json_array_append_new(json, json_real((double)numbers[i]))) {
            json_decref(json);
            return NULL;
        }
    return json;
}

static json_t *normalisation_of(const dsc_normalisation *n) {
    json_t *json = json_object();
    if (json && !json_object_set_new(json, "name", json_string(n->name)) &&
        !json_object_set_new(json, "scale", numbers_of(n->scale, n->channels)) &&
        !json_object_set_new(json, "offset", numbers_of(n->offset, n->channels)))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *classes_of(const dsc_model *model) {
    json_t *json = json_array();
    for (size_t i = 0; json && i < model->classes; i++)
        if (json_array_append_new(json, json_string(model->class_names[i]))) {
            json_decref(json);
            return NULL;
        }
    return json;
}

dsc_status dsc_model_texts(json_t **texts, const dsc_model *model, dsc_error *error) {
    *texts = NULL;
    dsc_error reason;
    dsc_status status = dsc_model_check_values(model, NULL, &reason);
    if (status)
        return dsc_fail(error, status,
                        "the model is not saved: %s; train the model again with a smaller learning rate",
                        reason.message);
    json_t *metadata = json_object();
    char version[16];
    (void)snprintf(version, sizeof version, "%d", FORMAT_VERSION);
    bool good =
        metadata && !json_object_set_new(metadata, "format", json_string("descender")) &&
        !json_object_set_new(metadata, "format_version", json_string(version)) &&
        !json_object_set_new(metadata, "written_by", json_string(dsc_version())) &&
        !json_object_set_new(metadata, "text", json_string(model->text)) &&
        !json_object_set_new(metadata, "loss", json_string(model->loss_text)) &&
        put_json(metadata, "normalisation", normalisation_of(&model->normalisation)) &&
        put_json(metadata, "classes", classes_of(model)) &&
        put_json(metadata, "about", json_incref(model->about)) &&
        (!model->own_graph || !json_object_set_new(metadata, "own_graph", json_string("true"))) &&
        (!(model->refuse_below > 0) || put_real(metadata, "refuse_below", model->refuse_below)) &&
        (!model->images_noted || put_json(metadata, "images", dsc_images_to_json(&model->expected))) &&
        put_json(metadata, "graph", graph_of(model));
    if (good) {
        *texts = metadata;
        return DSC_OK;
    }
    json_decref(metadata);
    return dsc_fail_memory(error, 4096, "a model's description");
}

dsc_status dsc_model_write(unsigned char **bytes, size_t *size, const dsc_model *model, dsc_error *error) {
    json_t *texts;
    *bytes = NULL;
    dsc_status status = dsc_model_texts(&texts, model, error);
    if (!status) status = dsc_safetensors_write(bytes, size, texts, model->graph, model->values, error);
    json_decref(texts);
    return status;
}

dsc_status dsc_model_save(const dsc_model *model, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_model_write(&bytes, &size, model, error);
    if (!status) status = dsc_file_write(path, bytes, size, error);
    free(bytes);
    return status;
}

/* --- reading --- */

typedef struct source {
    const json_t *texts;
    const char *name;
    dsc_error *error;
} source;

static const char *text_of(const source *from, const char *key) {
    return json_string_value(json_object_get(from->texts, key));
}

static dsc_status check_version(const source *from) {
    const char *version = text_of(from, "format_version");
    int64_t number;
    if (!version || !dsc_parse_integer(&number, version) || number < 1)
        return dsc_fail(from->error, DSC_ERROR_FORMAT, "%s: expected a format_version, found '%.20s'",
                        from->name, version ? version : "");
    if (number > FORMAT_VERSION)
        return dsc_fail(from->error, DSC_ERROR_UNSUPPORTED,
                        "%s: has format %lld, written by Descender %.20s, but Descender %s reads formats up "
                        "to %d; update Descender",
                        from->name, (long long)number,
                        text_of(from, "written_by") ? text_of(from, "written_by") : "?", dsc_version(),
                        FORMAT_VERSION);
    return DSC_OK;
}

/* The metadata's JSON under `key`; NULL with *status set if it is invalid. */
static json_t *get_json(dsc_status *status, const source *from, const char *key) {
    const char *text = text_of(from, key);
    json_error_t reason = {0};
    json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, &reason) : NULL;
    if (!json)
        *status = dsc_fail(from->error, DSC_ERROR_FORMAT, "%s: metadata \"%s\": expected JSON, found %s%s",
                           from->name, key, text ? "an error: " : "nothing", reason.text);
    return json;
}

static dsc_status get_text(char **text, const source *from, const char *key) {
    const char *found = text_of(from, key);
    if (!found)
        return dsc_fail(from->error, DSC_ERROR_FORMAT, "%s: the metadata has no \"%s\"", from->name, key);
    *text = strdup(found);
    return *text ? DSC_OK : dsc_fail_memory(from->error, strlen(found) + 1, "a model's text");
}

static dsc_status read_classes(dsc_model *model, const source *from) {
    dsc_status status = DSC_OK;
    json_t *json = get_json(&status, from, "classes");
    if (!json) return status;
    size_t count = json_array_size(json);
    const char **names = dsc_allocate(count, sizeof *names);
    if (!names) {
        status = dsc_fail_memory(from->error, count * sizeof *names, "the names of classes");
    } else {
        bool good = count >= 1 && count <= DSC_CLASSES_MOST;
        for (size_t i = 0; i < count && good; i++)
            good = (names[i] = json_string_value(json_array_get(json, i)));
        if (!good)
            status = dsc_fail(from->error, DSC_ERROR_FORMAT,
                              "%s: metadata \"classes\": expected a list of 1 to %d texts", from->name,
                              DSC_CLASSES_MOST);
        dsc_error why;
        if (!status && dsc_class_names_check(names, count, &why))
            status = dsc_fail(from->error, why.code == DSC_ERROR_MEMORY ? why.code : DSC_ERROR_FORMAT,
                              "%s: %s", from->name, why.message);
        if (!status && !(model->class_names = dsc_class_names_copy(names, count)))
            status = dsc_fail_memory(from->error, count * sizeof *names, "the names of classes");
        model->classes = count;
    }
    free(names);
    json_decref(json);
    return status;
}

static bool read_numbers(dsc_real *numbers, size_t count, const json_t *json) {
    if (json_array_size(json) != count) return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *number = json_array_get(json, i);
        numbers[i] = (dsc_real)json_number_value(number);
        if (!json_is_number(number) || !isfinite((double)numbers[i])) return false;
    }
    return true;
}

static dsc_status read_normalisation(dsc_normalisation *n, const source *from) {
    dsc_status status = DSC_OK;
    json_t *json = get_json(&status, from, "normalisation");
    if (!json) return status;
    const char *name = json_string_value(json_object_get(json, "name"));
    n->channels = json_array_size(json_object_get(json, "scale"));
    if (!name || strlen(name) >= sizeof n->name || n->channels < 1 || n->channels > DSC_CHANNELS_MOST ||
        !read_numbers(n->scale, n->channels, json_object_get(json, "scale")) ||
        !read_numbers(n->offset, n->channels, json_object_get(json, "offset")))
        status = dsc_fail(
            from->error, DSC_ERROR_FORMAT,
            "%s: metadata \"normalisation\": expected a name, and a finite scale and offset for each channel",
            from->name);
    else
        (void)snprintf(n->name, sizeof n->name, "%s", name);
    n->whole = !status && !strcmp(n->name, DSC_NORMALISE_AS_BYTES);
    for (size_t c = 0; n->whole && c < n->channels; c++) n->whole = n->scale[c] == 1 && n->offset[c] == 0;
    json_decref(json);
    return status;
}

/* Files of older versions have no such entry. */
static dsc_status read_images(dsc_model *model, const source *from) {
    dsc_status status = DSC_OK;
    if (!text_of(from, "images")) return DSC_OK;
    json_t *json = get_json(&status, from, "images");
    if (!json) return status;
    model->images_noted = dsc_images_from_json(&model->expected, json);
    if (!model->images_noted)
        status = dsc_fail(from->error, DSC_ERROR_FORMAT,
                          "%s: metadata \"images\": expected a preparation, none or digits, and a ground, "
                          "unknown, dark or light",
                          from->name);
    json_decref(json);
    return status;
}

/* Optional; most models have none. */
static dsc_status read_refusal(dsc_model *model, const source *from) {
    const char *text = text_of(from, "refuse_below");
    if (!text ||
        (dsc_parse_real(&model->refuse_below, text) && model->refuse_below >= 0 && model->refuse_below <= 1))
        return DSC_OK;
    return dsc_fail(from->error, DSC_ERROR_FORMAT,
                    "%s: metadata \"refuse_below\": expected a probability from 0 to 1, found '%.40s'",
                    from->name, text);
}

static dsc_node *node_called(const dsc_graph *graph, const json_t *json, const char *key) {
    const json_t *index = json_object_get(json, key);
    if (!json_is_integer(index) || json_integer_value(index) < 0 ||
        (size_t)json_integer_value(index) >= graph->count)
        return NULL;
    return graph->nodes[json_integer_value(index)];
}

/* Whether the graph leads from an image and a target, and no other input, to logits and a loss. */
static bool graph_is_a_models(const dsc_model *m) {
    if (!m->image || !m->target || !m->logits || !m->loss || m->image == m->target) return false;
    size_t inputs = 0;
    for (size_t i = 0; i < m->graph->count; i++) inputs += m->graph->nodes[i]->kind == DSC_NODE_INPUT;
    return inputs == 2 && m->image->kind == DSC_NODE_INPUT && m->target->kind == DSC_NODE_INPUT &&
           m->image->shape.rank == 3 && m->image->shape.size[0] == m->normalisation.channels &&
           (!m->target->shape.rank || dsc_shape_equal(&m->target->shape, &m->logits->shape)) &&
           dsc_node_is_sampled(m->logits) && m->logits->shape.rank == 1 &&
           m->logits->shape.size[0] == m->classes && m->loss->kind == DSC_NODE_OP &&
           dsc_shape_count(&m->loss->shape) == 1;
}

static dsc_status read_graph(dsc_model *model, const source *from, const dsc_op *const *ops) {
    dsc_status status = DSC_OK;
    json_t *json = get_json(&status, from, "graph");
    if (!json) return status;
    status = dsc_graph_from_json(&model->graph, json, ops, from->error);
    if (status) {
        (void)dsc_error_context(from->error, status, "%s: graph", from->name);
    } else {
        model->image = node_called(model->graph, json, "image");
        model->target = node_called(model->graph, json, "target");
        model->logits = node_called(model->graph, json, "logits");
        model->loss = node_called(model->graph, json, "loss");
        if (!graph_is_a_models(model))
            status = dsc_fail(
                from->error, DSC_ERROR_FORMAT,
                "%s: graph: expected one from an image (C, H, W) and a target to %zu logits and a loss, for "
                "%zu channels",
                from->name, model->classes, model->normalisation.channels);
    }
    json_decref(json);
    return status;
}

/* The recorded images must match the shape in the graph. */
static dsc_status check_images(dsc_model *model, const source *from) {
    dsc_images images = model->expected;
    dsc_model_shape(model, images.shape);
    dsc_status status = dsc_model_expect(model, &images, from->error);
    return status ? dsc_error_context(from->error, status, "%s: metadata \"images\"", from->name) : DSC_OK;
}

static dsc_status read_about(dsc_model *model, const source *from) {
    dsc_status status = DSC_OK;
    model->about = get_json(&status, from, "about");
    const char *key;
    json_t *value;
    bool good = json_is_object(model->about);
    json_object_foreach(model->about, key, value) good = good && json_is_string(value);
    if (!status && !good)
        return dsc_fail(from->error, DSC_ERROR_FORMAT, "%s: metadata \"about\": expected an object of texts",
                        from->name);
    return status;
}

static dsc_status read_model(dsc_model *model, const source *from, const dsc_op *const *ops) {
    dsc_status status = check_version(from);
    model->own_graph = text_of(from, "own_graph") != NULL;
    if (!status) status = get_text(&model->text, from, "text");
    if (!status) status = get_text(&model->loss_text, from, "loss");
    if (!status) status = read_classes(model, from);
    if (!status) status = read_normalisation(&model->normalisation, from);
    if (!status) status = read_about(model, from);
    if (!status) status = read_images(model, from);
    if (!status) status = read_refusal(model, from);
    if (!status) status = read_graph(model, from, ops);
    if (!status && model->images_noted) status = check_images(model, from);
    return status;
}

static dsc_status make_values(dsc_model *model, dsc_error *error) {
    const size_t numbers = dsc_graph_value_numbers(model->graph);
    model->values = dsc_allocate_aligned(numbers, sizeof(dsc_real));
    if (!model->values) return dsc_fail_memory(error, numbers * sizeof(dsc_real), "the model's parameters");
    memset(model->values, 0, numbers * sizeof(dsc_real));
    return DSC_OK;
}

static size_t count_numbers(const dsc_graph *graph) {
    size_t count = 0;
    for (size_t i = 0; i < graph->count; i++)
        if (dsc_node_has_numbers(graph->nodes[i])) count += dsc_shape_count(&graph->nodes[i]->shape);
    return count;
}

/* A check of the graph before memory for its numbers is allocated. */
typedef dsc_status check_numbers(const dsc_model *model, const void *user, const source *from);

/* Creates the model of the texts; its numbers are 0. */
static dsc_status make_model(dsc_model **result, const source *from, const dsc_op *const *ops,
                             check_numbers *check, const void *user) {
    *result = NULL;
    dsc_model *model = dsc_allocate(1, sizeof *model);
    dsc_status status =
        model ? read_model(model, from, ops) : dsc_fail_memory(from->error, sizeof *model, "a model");
    if (!status) status = check(model, user, from);
    if (!status) status = make_values(model, from->error);
    if (status)
        dsc_model_free(model);
    else
        *result = model;
    return status;
}

static dsc_status check_count(const dsc_model *model, const void *user, const source *from) {
    const size_t numbers = *(const size_t *)user, wanted = count_numbers(model->graph);
    return wanted <= numbers ? DSC_OK
                             : dsc_fail(from->error, DSC_ERROR_MISMATCH,
                                        "%s: its graph has %zu numbers, but its arrays have %zu", from->name,
                                        wanted, numbers);
}

dsc_status dsc_model_from_texts(dsc_model **model, const json_t *texts, size_t numbers, const char *name,
                                const dsc_op *const *ops, dsc_error *error) {
    const source from = {.texts = texts, .name = name, .error = error};
    return make_model(model, &from, ops, check_count, &numbers);
}

/* Checks that every parameter and buffer has its array, and every array its node. */
static dsc_status check_arrays(const dsc_model *model, const void *user, const source *from) {
    const dsc_safetensors *file = user;
    const char *name = from->name;
    dsc_error *error = from->error;
    size_t wanted = 0;
    char expected[96], found[96];
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        dsc_shape shape;
        const unsigned char *data;
        if (!dsc_node_has_numbers(node)) continue;
        wanted++;
        if (!dsc_safetensors_find(file, node->name, &shape, &data))
            return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: the array '%.100s' is missing", name, node->name);
        if (!dsc_shape_equal(&shape, &node->shape))
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: the array '%.100s' has the shape %s, but its graph has %s", name, node->name,
                            dsc_shape_format(found, &shape), dsc_shape_format(expected, &node->shape));
    }
    if (wanted != file->tensors)
        return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: %zu arrays, but its graph has %zu", name,
                        file->tensors, wanted);
    return DSC_OK;
}

static dsc_status read_values(dsc_model *model, const dsc_safetensors *file, const char *name,
                              dsc_error *error) {
    dsc_error reason;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        dsc_shape shape;
        const unsigned char *data;
        if ((node->kind != DSC_NODE_PARAMETER && node->kind != DSC_NODE_BUFFER) ||
            !dsc_safetensors_find(file, node->name, &shape, &data))
            continue;
        for (size_t k = 0; k < dsc_shape_count(&shape); k++)
            model->values[node->offset + k] = (dsc_real)dsc_safetensors_number(data, k);
    }
    if (!dsc_model_check_values(model, NULL, &reason)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: %s; the network had diverged before the model was saved, or the file is damaged: "
                    "train the model again, or get another copy",
                    name, reason.message);
}

dsc_status dsc_model_parse(dsc_model **result, const void *bytes, size_t size, const char *name,
                           const dsc_op *const *ops, dsc_error *error) {
    *result = NULL;
    dsc_safetensors file;
    dsc_status status = dsc_safetensors_parse(&file, bytes, size, name, error);
    if (status) return status;
    const source from = {.texts = dsc_safetensors_texts(&file), .name = name, .error = error};
    status = make_model(result, &from, ops, check_arrays, &file);
    if (!status) status = read_values(*result, &file, name, error);
    if (status) {
        dsc_model_free(*result);
        *result = NULL;
    }
    dsc_safetensors_clear(&file);
    return status;
}

dsc_status dsc_model_load(dsc_model **model, const char *path, dsc_error *error) {
    return dsc_model_load_with(model, path, NULL, error);
}

dsc_status dsc_model_load_with(dsc_model **model, const char *path, const dsc_op *const *ops,
                               dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    *model = NULL;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_MOST, error);
    if (status) return status;
    status = dsc_model_parse(model, bytes, size, path, ops, error);
    free(bytes);
    return status;
}
