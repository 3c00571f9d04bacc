/* SPDX-License-Identifier: MIT */
/* model.c: creates a model from its text and answers queries about it. */
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/seed.h"
#include "base/visible.h"
#include "data/dataset.h"
#include "model/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USUAL_LOSS[] = "softmax-cross-entropy";

void dsc_model_options_initialise(dsc_model_options *options, size_t size) {
    const dsc_model_options own = {.size = sizeof(dsc_model_options), .shape = {1, 28, 28}, .classes = 10};
    dsc_options_give(options, size, &own, sizeof own);
}

static dsc_status check_options(const dsc_model_options *options, dsc_error *error) {
    if (!options->text)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a model needs a text, such as \"784-100-10\"");
    if (options->classes < 1 || options->classes > DSC_CLASSES_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%zu classes; expected 1 to %d", options->classes,
                        DSC_CLASSES_MOST);
    if (options->shape[0] > DSC_CHANNELS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "images of %zu channels; at most %d are supported",
                        options->shape[0], DSC_CHANNELS_MOST);
    for (size_t i = 0; i < options->classes && options->class_weights; i++)
        if (!(options->class_weights[i] >= 0 && options->class_weights[i] <= 1e6F))
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "the weight of class %zu: expected a number 0 to 1000000", i);
    if (dsc_utf8_check(options->text, strlen(options->text)) != strlen(options->text))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "\"%.200s\": a model's text must be UTF-8", options->text);
    return options->class_names ? dsc_class_names_check(options->class_names, options->classes, error)
                                : DSC_OK;
}

static dsc_status check_logits(const dsc_model *model, dsc_error *error) {
    const dsc_shape *shape = &model->logits->shape;
    char text[96];
    if (shape->rank == 1 && shape->size[0] == model->classes) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "\"%.200s\": ends in %s, expected (%zu), one number for each class; end it with '%s'",
                    model->text, dsc_shape_format(text, shape), model->classes,
                    shape->rank == 1 ? "dense" : "flatten, dense");
}

/* image -> logits -> loss */
static dsc_status build_graph(dsc_model *model, const dsc_model_options *options, dsc_error *error) {
    dsc_status status = dsc_graph_create(&model->graph, error);
    if (status) return status;
    const size_t *shape = options->shape;
    model->image = dsc_input(model->graph, "image", dsc_shape_of(3, shape[0], shape[1], shape[2], 0));
    if ((status = dsc_graph_check(model->graph, error))) return status;
    status = dsc_text_build(&model->logits, model->image, model->text, model->classes, error);
    if (!status) status = check_logits(model, error);
    if (status) return status;
    model->target = dsc_input(model->graph, "target", (dsc_shape){0});
    if ((status = dsc_graph_check(model->graph, error))) return status;
    return dsc_loss_build(&model->loss, model->logits, model->target, model->loss_text,
                          options->class_weights, error);
}

static void set_class_weights(dsc_model *model, const float *weights) {
    const dsc_node *buffer = model->loss->inputs[1];
    for (size_t k = 0; k < model->classes; k++) model->values[buffer->offset + k] = (dsc_real)weights[k];
}

/* --- normalisation --- */

dsc_status dsc_model_normalise(dsc_model *model, const char *how, const dsc_dataset *data, dsc_error *error) {
    size_t shape[3];
    dsc_model_shape(model, shape);
    if (data) {
        size_t found[3];
        dsc_dataset_shape(data, found);
        if (memcmp(shape, found, sizeof shape) != 0)
            return dsc_fail(
                error, DSC_ERROR_MISMATCH,
                "images of %zu x %zu x %zu, found %zu x %zu x %zu in %s; use the data that the model is for",
                shape[0], shape[1], shape[2], found[0], found[1], found[2], dsc_dataset_name(data));
    }
    dsc_normalisation n;
    dsc_status status = dsc_normalisation_find(&n, how, data, error);
    if (status) return status;
    n.channels = shape[0];
    for (size_t c = n.channels; c < DSC_CHANNELS_MOST; c++) n.scale[c] = n.offset[c] = 0;
    model->normalisation = n;
    return DSC_OK;
}

dsc_status dsc_model_normalise_by(dsc_model *model, const char *name, const double *mean,
                                  const double *deviation, size_t count, dsc_error *error) {
    dsc_normalisation n = {.channels = model->image->shape.size[0]};
    if (count != 1 && count != n.channels)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%zu means and deviations; expected one, or one for each of the %zu channels", count,
                        n.channels);
    for (size_t c = 0; c < n.channels; c++) {
        const double m = mean[count > 1 ? c : 0], d = deviation[count > 1 ? c : 0];
        n.scale[c] = (dsc_real)(1 / (255 * d));
        n.offset[c] = (dsc_real)(-m / d);
        if (!(d > 0) || !isfinite((double)n.scale[c]) || !isfinite((double)n.offset[c]))
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "a mean and a deviation of channel %zu that cannot normalise: expected finite "
                            "numbers, and a deviation above 0",
                            c + 1);
    }
    (void)snprintf(n.name, sizeof n.name, "%s", name);
    model->normalisation = n;
    return DSC_OK;
}

void dsc_model_load_images(const dsc_model *model, dsc_real *out, const void *images, dsc_type type,
                           size_t count) {
    dsc_normalisation_apply(&model->normalisation, out, images, type, count, model->image->shape.size);
}

void dsc_model_load_pixels(const dsc_model *model, dsc_real *out, const void *image, dsc_type type,
                           size_t first, size_t last) {
    dsc_normalisation_apply_pixels(&model->normalisation, out, image, type, first, last,
                                   model->image->shape.size);
}

void dsc_model_load_target(const dsc_model *model, dsc_real *out, size_t place, size_t label) {
    if (!model->target->shape.rank) {
        out[place] = (dsc_real)label;
        return;
    }
    for (size_t k = 0; k < model->classes; k++) out[place * model->classes + k] = k == label;
}

/* The library's losses give the same bits for a class and for its one-hot vector (dsc_target_values). */
dsc_status dsc_model_target_probabilities(dsc_model *model, dsc_error *error) {
    return dsc_input_reshape(model->target, model->logits->shape, error);
}

static dsc_status make_parts(dsc_model *model, const dsc_model_options *options, dsc_error *error) {
    model->classes = options->classes;
    model->text = strdup(options->text);
    model->loss_text = strdup(options->loss ? options->loss : USUAL_LOSS);
    model->class_names = dsc_class_names_copy(options->class_names, options->classes);
    model->about = json_object();
    if (!model->text || !model->loss_text || !model->class_names || !model->about)
        return dsc_fail_memory(error, sizeof *model, "a model");
    dsc_seed seed;
    dsc_status status = dsc_seed_given(&seed, options->seed_digits, options->seed, error);
    if (!status) status = build_graph(model, options, error);
    if (!status) status = dsc_model_normalise(model, "unit", NULL, error);
    if (status) return status;
    size_t numbers = dsc_graph_value_numbers(model->graph);
    model->values = dsc_allocate_aligned(numbers, sizeof(dsc_real));
    if (!model->values) return dsc_fail_memory(error, numbers * sizeof(dsc_real), "the model's parameters");
    dsc_graph_initialise(model->graph, model->values, dsc_seed_key(&seed));
    if (options->class_weights) set_class_weights(model, options->class_weights);
    return DSC_OK;
}

dsc_status dsc_model_create(dsc_model **result, const dsc_model_options *given, dsc_error *error) {
    dsc_model_options own = dsc_model_options_defaults();
    const dsc_model_options *options = &own;
    *result = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&own, given, dsc_model_options, text, error);
    if (!status) status = check_options(options, error);
    if (status) return status;
    dsc_model *model = dsc_allocate(1, sizeof *model);
    if (!model) return dsc_fail_memory(error, sizeof *model, "a model");
    status = make_parts(model, options, error);
    if (status)
        dsc_model_free(model);
    else
        *result = model;
    return status;
}

dsc_status dsc_model_create_for(dsc_model **model, const char *text, const dsc_dataset *data,
                                dsc_error *error) {
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.classes = dsc_dataset_classes(data);
    dsc_dataset_shape(data, options.shape);
    *model = NULL;
    const char **names = dsc_allocate(options.classes, sizeof *names);
    if (!names) return dsc_fail_memory(error, options.classes * sizeof *names, "the names of classes");
    for (size_t i = 0; i < options.classes; i++) names[i] = dsc_dataset_class_name(data, i);
    options.class_names = names;
    dsc_status status = dsc_model_create(model, &options, error);
    free(names);
    return status;
}

void dsc_model_free(dsc_model *model) {
    if (!model) return;
    dsc_graph_free(model->graph);
    free(model->text);
    free(model->loss_text);
    free(model->class_names);
    free(model->values);
    json_decref(model->about);
    free(model);
}

const char *dsc_model_text(const dsc_model *model) { return model->text; }
const char *dsc_model_loss(const dsc_model *model) { return model->loss_text; }
size_t dsc_model_classes(const dsc_model *model) { return model->classes; }

void dsc_model_shape(const dsc_model *model, size_t shape[3]) {
    memcpy(shape, model->image->shape.size, 3 * sizeof *shape);
}

const char *dsc_model_class_name(const dsc_model *model, size_t label) {
    return label < model->classes ? model->class_names[label] : "?";
}

size_t dsc_model_parameters(const dsc_model *model) {
    size_t count = 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind == DSC_NODE_PARAMETER) count += dsc_shape_count(&node->shape);
    }
    return count;
}

double dsc_model_multiply_adds(const dsc_model *model) {
    double count = 0;
    for (size_t i = 0; i <= model->logits->index; i++) count += model->graph->nodes[i]->multiply_adds;
    return count;
}

double dsc_model_refuse_below(const dsc_model *model) { return model->refuse_below; }

dsc_status dsc_model_set_refuse_below(dsc_model *model, double probability, dsc_error *error) {
    char number[32];
    if (!(probability >= 0 && probability <= 1))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "refuse below %s: expected a probability from 0 to 1",
                        dsc_format_shortest(number, probability));
    model->refuse_below = probability;
    return DSC_OK;
}

const char *dsc_model_about(const dsc_model *model, const char *name) {
    return json_string_value(json_object_get(model->about, name));
}

dsc_status dsc_model_set_about(dsc_model *model, const char *name, const char *text, dsc_error *error) {
    if (!text) {
        (void)json_object_del(model->about, name);
        return DSC_OK;
    }
    const char *parts[] = {name, text};
    for (size_t i = 0; i < 2; i++)
        if (dsc_utf8_check(parts[i], strlen(parts[i])) != strlen(parts[i]))
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "'%.60s' of a model cannot be set: \"%.200s\" is not UTF-8; convert it to UTF-8",
                            name, parts[i]);
    json_t *json = json_string(text);
    if (json && !json_object_set_new(model->about, name, json)) return DSC_OK;
    return dsc_fail_memory(error, strlen(text), "a model's description");
}
