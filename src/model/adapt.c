/* SPDX-License-Identifier: MIT */
/* adapt.c: creates a model from a trained one with other classes, image sizes or layers; copies the
 * parameters that fit. */
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/seed.h"
#include "base/text.h"
#include "data/dataset.h"
#include "model/native.h"

#include <stdlib.h>
#include <string.h>

void dsc_adapt_options_initialise(dsc_adapt_options *options, size_t size) {
    const dsc_adapt_options own = {.size = sizeof(dsc_adapt_options)};
    dsc_options_give(options, size, &own, sizeof own);
}

/* --- text for another number of classes --- */

/* The offset of the last item of a sequence. */
static size_t last_item(const char *text) {
    size_t start = 0;
    int depth = 0;
    for (size_t i = 0; text[i]; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (text[i] == ',' && !depth) start = i + 1;
    }
    return start + strspn(text + start, " \t");
}

/* "784-100-10" with the new numbers of pixels and classes; "..., dense 10" as "..., dense", which defaults to
 * the number of classes; other texts unchanged. NULL: no memory. */
static char *text_for(const char *text, size_t pixels, size_t classes) {
    static const char DENSE[] = "dense ";
    dsc_text out = {0};
    if (strspn(text, "0123456789-") == strlen(text) && strchr(text, '-')) {
        const char *middle = strchr(text, '-'), *end = strrchr(text, '-');
        dsc_text_append(&out, "%zu%.*s-%zu", pixels, (int)(end - middle), middle, classes);
    } else {
        const size_t start = last_item(text), dense = strlen(DENSE);
        size_t cut = start, next = start;
        if (!strncmp(text + start, DENSE, dense)) {
            cut = start + dense - 1;
            next = start + dense;
            const size_t digits = strspn(text + next, "0123456789");
            next = digits ? next + digits : cut;
        }
        dsc_text_append(&out, "%.*s%s", (int)cut, text, text + next);
    }
    if (out.failed) dsc_text_free(&out);
    return out.data;
}

/* --- copying --- */

/* Whether the node is a parameter with one row per class: the weight or bias of the layer that computes the
 * logits. */
static bool is_of_head(const dsc_model *model, const dsc_node *node) {
    if (node->kind != DSC_NODE_PARAMETER || !node->shape.rank || node->shape.size[0] != model->classes)
        return false;
    for (size_t i = 0; i < model->logits->input_count; i++)
        if (model->logits->inputs[i] == node) return true;
    return false;
}

static bool rows_agree(const dsc_shape *a, const dsc_shape *b) {
    if (a->rank != b->rank) return false;
    for (size_t i = 1; i < a->rank; i++)
        if (a->size[i] != b->size[i]) return false;
    return true;
}

/* Copies the rows of classes that both models have, by name. Returns the number of elements. */
static size_t copy_rows(dsc_model *to, const dsc_node *at, const dsc_model *from, const dsc_node *node) {
    const size_t row = dsc_shape_count(&at->shape) / to->classes;
    size_t copied = 0;
    for (size_t k = 0; k < to->classes; k++)
        for (size_t j = 0; j < from->classes; j++) {
            if (strcmp(to->class_names[k], from->class_names[j]) != 0) continue;
            memcpy(to->values + at->offset + k * row, from->values + node->offset + j * row,
                   row * sizeof(dsc_real));
            copied += row;
            break;
        }
    return copied;
}

static size_t copy_value(dsc_model *to, const dsc_node *at, const dsc_model *from, const dsc_node *node) {
    if (node->kind != at->kind) return 0;
    if (is_of_head(to, at) && is_of_head(from, node))
        return rows_agree(&at->shape, &node->shape) ? copy_rows(to, at, from, node) : 0;
    if (!dsc_shape_equal(&at->shape, &node->shape)) return 0;
    const size_t numbers = dsc_shape_count(&at->shape);
    memcpy(to->values + at->offset, from->values + node->offset, numbers * sizeof(dsc_real));
    return numbers;
}

size_t dsc_model_copy_values(dsc_model *to, const dsc_model *from, dsc_on_copied *on_copied, void *user) {
    size_t all = 0;
    for (dsc_node *node = NULL; (node = dsc_graph_next_value(to->graph, node));) {
        const dsc_node *other = dsc_graph_find(from->graph, node->name);
        if (other && !dsc_node_has_numbers(other)) other = NULL;
        const size_t numbers = other && to != from ? copy_value(to, node, from, other) : 0;
        all += numbers;
        if (on_copied) on_copied(user, node, other, numbers);
    }
    return all;
}

/* --- adapting --- */

static dsc_status make(dsc_model **adapted, const dsc_model *from, const dsc_adapt_options *how,
                       const char *text, dsc_error *error) {
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.loss = how->loss ? how->loss : from->loss_text;
    memcpy(options.shape, how->shape[0] ? how->shape : from->image->shape.size, sizeof options.shape);
    options.classes = how->classes ? how->classes : from->classes;
    options.class_names = how->class_names;
    if (!how->class_names && options.classes == from->classes)
        options.class_names = (const char *const *)from->class_names;
    options.class_weights = how->class_weights;
    options.seed = how->seed;
    options.seed_digits = how->seed_digits;
    dsc_status status = dsc_model_create(adapted, &options, error);
    return status ? dsc_error_context(error, status, "adapting a model") : DSC_OK;
}

/* Lists the ops of a graph, the caller's own among them; ends with NULL. To be freed. */
static const dsc_op **ops_of(const dsc_graph *graph) {
    const dsc_op **ops = dsc_allocate(graph->count + 1, sizeof(dsc_op *));
    for (size_t i = 0, n = 0; i < graph->count && ops; i++)
        if (graph->nodes[i]->kind == DSC_NODE_OP) ops[n++] = graph->nodes[i]->op;
    return ops;
}

/* A model from a custom graph has no text to build from: its graph is copied through the texts of its
 * file. */
static dsc_status copy_graph(dsc_model **adapted, const dsc_model *from, const dsc_adapt_options *how,
                             dsc_error *error) {
    json_t *texts;
    dsc_seed seed;
    dsc_model *model = NULL;
    char **names = NULL;
    *adapted = NULL;
    if ((how->classes && how->classes != from->classes) || how->class_weights ||
        (how->shape[0] && memcmp(how->shape, from->image->shape.size, sizeof how->shape) != 0) ||
        (how->loss && strcmp(how->loss, from->loss_text) != 0))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the model is a graph of its own and has no text from which to make another one, so "
                        "its images, its %zu classes and its loss (%s) cannot change; make the new graph, "
                        "and call dsc_model_copy_values",
                        from->classes, from->loss_text);
    dsc_status status = dsc_seed_given(&seed, how->seed_digits, how->seed, error);
    if (!status) status = dsc_model_texts(&texts, from, error);
    if (status) return status;
    const dsc_op **ops = ops_of(from->graph);
    status = ops ? dsc_model_from_texts(&model, texts, dsc_graph_value_numbers(from->graph), from->text, ops,
                                        error)
                 : dsc_fail_memory(error, from->graph->count * sizeof(dsc_op *), "the ops of a model");
    free(ops);
    json_decref(texts);
    if (!status && how->class_names && !(names = dsc_class_names_copy(how->class_names, from->classes)))
        status = dsc_fail_memory(error, from->classes, "the names of classes");
    if (status) {
        dsc_model_free(model);
        return status;
    }
    if (names) {
        free(model->class_names);
        model->class_names = names;
    }
    (void)json_object_clear(model->about);
    model->refuse_below = 0; /* it belonged to the old numbers */
    dsc_graph_initialise(model->graph, model->values, dsc_seed_key(&seed));
    *adapted = model;
    return DSC_OK;
}

/* Images with the same number of channels keep their normalisation. Prepared digits have a fixed size. */
static dsc_status take_images(dsc_model *to, const dsc_model *from, dsc_error *error) {
    if (to->image->shape.size[0] != from->image->shape.size[0]) return DSC_OK;
    to->normalisation = from->normalisation;
    if (!from->images_noted) return DSC_OK;
    dsc_images images = from->expected;
    if (!dsc_shape_equal(&to->image->shape, &from->image->shape) &&
        images.preparation == DSC_PREPARATION_DIGITS)
        return DSC_OK;
    memcpy(images.shape, to->image->shape.size, sizeof images.shape);
    return dsc_model_expect(to, &images, error);
}

dsc_status dsc_model_adapt(dsc_model **result, const dsc_model *from, const dsc_adapt_options *given,
                           dsc_error *error) {
    dsc_adapt_options own = dsc_adapt_options_defaults();
    const dsc_adapt_options *how = &own;
    *result = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&own, given, dsc_adapt_options, text, error);
    if (status) return status;
    const bool copies = from->own_graph && (!how->text || !strcmp(how->text, from->text));
    const size_t *shape = how->shape[0] ? how->shape : from->image->shape.size;
    char *text = how->text ? strdup(how->text)
                           : text_for(from->text, shape[0] * shape[1] * shape[2],
                                      how->classes ? how->classes : from->classes);
    if (!text) return dsc_fail_memory(error, strlen(from->text), "the text of a model");
    dsc_model *model = NULL;
    status = copies ? copy_graph(&model, from, how, error) : make(&model, from, how, text, error);
    free(text);
    if (!status && !dsc_model_copy_values(model, from, how->on_copied, how->user))
        status = dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "nothing of \"%.200s\" fits \"%.200s\"; keep some of its layers, or train from the start",
            from->text, model->text);
    if (!status) status = take_images(model, from, error);
    if (status) {
        dsc_model_free(model);
        return status;
    }
    *result = model;
    return DSC_OK;
}
