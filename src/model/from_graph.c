/* SPDX-License-Identifier: MIT */
/* from_graph.c: creates a model from a custom graph; accesses the graph and the numbers of any model. */
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/seed.h"
#include "base/visible.h"
#include "data/dataset.h"
#include "graph/session.h"
#include "op/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char OWN_TEXT[] = "own graph", OWN_LOSS[] = "own loss";

void dsc_model_parts_initialise(dsc_model_parts *parts, size_t size) {
    const dsc_model_parts own = {.size = sizeof(dsc_model_parts)};
    dsc_options_give(parts, size, &own, sizeof own);
}

/* --- checks --- */

static dsc_status check_inputs(const dsc_model_parts *parts, dsc_error *error) {
    const dsc_graph *graph = parts->image->graph;
    if (parts->image->kind != DSC_NODE_INPUT || parts->image->shape.rank != 3 ||
        parts->image->shape.size[0] > DSC_CHANNELS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the image must be an input (C, H, W) of at most %d channels, found %s",
                        DSC_CHANNELS_MOST, DSC_SHAPE_TEXT(&parts->image->shape));
    if (parts->target->kind != DSC_NODE_INPUT || parts->target == parts->image ||
        (parts->target->shape.rank && !dsc_shape_equal(&parts->target->shape, &parts->logits->shape)))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the target must be another input: a class, (), or a value for each logit, found %s",
                        DSC_SHAPE_TEXT(&parts->target->shape));
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind == DSC_NODE_INPUT && node != parts->image && node != parts->target)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "a model has two inputs, an image and a target, but there is also '%s'; a "
                            "session takes any number of inputs",
                            node->name);
    }
    return DSC_OK;
}

static dsc_status check_parts(const dsc_model_parts *parts, dsc_error *error) {
    dsc_node *const nodes[] = {parts->image, parts->target, parts->logits, parts->loss};
    for (size_t i = 0; i < 4; i++) {
        static const char *const names[] = {"image", "target", "logits", "loss"};
        if (!nodes[i]) return dsc_fail(error, DSC_ERROR_ARGUMENT, "the model's parts lack the %s", names[i]);
        dsc_status status = dsc_graph_check(nodes[i]->graph, error);
        if (status) return status;
        if (nodes[i]->graph != nodes[0]->graph)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "the %s is a node of another graph", names[i]);
    }
    const dsc_shape *logits = &parts->logits->shape;
    if (!dsc_node_is_sampled(parts->logits) || logits->rank != 1 || logits->size[0] > DSC_CLASSES_MOST)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the logits must be a value (K) per sample, one number for each of at most %d classes, found %s",
            DSC_CLASSES_MOST, DSC_SHAPE_TEXT(logits));
    if (parts->loss->kind != DSC_NODE_OP || dsc_shape_count(&parts->loss->shape) != 1)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the loss must be one number per sample, computed by an op; found %s",
                        DSC_SHAPE_TEXT(&parts->loss->shape));
    dsc_status status = check_inputs(parts, error);
    if (status || !parts->class_names) return status;
    return dsc_class_names_check(parts->class_names, logits->size[0], error);
}

/* --- creation --- */

/* Fills everything except the graph, which the caller owns until nothing can fail any more. */
static dsc_status fill(dsc_model *model, const dsc_model_parts *parts, dsc_error *error) {
    dsc_seed seed;
    const char *text = parts->text ? parts->text : OWN_TEXT;
    dsc_status status = dsc_seed_given(&seed, parts->seed_digits, parts->seed, error);
    if (status) return status;
    if (dsc_utf8_check(text, strlen(text)) != strlen(text))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "\"%.200s\": a model's text must be UTF-8", text);
    const dsc_graph *graph = parts->image->graph;
    const size_t numbers = dsc_graph_value_numbers(graph);
    model->image = parts->image;
    model->target = parts->target;
    model->logits = parts->logits;
    model->loss = parts->loss;
    model->classes = parts->logits->shape.size[0];
    model->text = strdup(text);
    model->own_graph = true;
    model->loss_text = strdup(parts->loss->op->flags & DSC_OP_LOSS ? parts->loss->op->name : OWN_LOSS);
    model->class_names = dsc_class_names_copy(parts->class_names, model->classes);
    model->about = json_object();
    model->values = dsc_allocate_aligned(numbers + 1, sizeof(dsc_real));
    if (!model->text || !model->loss_text || !model->class_names || !model->about || !model->values)
        return dsc_fail_memory(error, numbers * sizeof(dsc_real), "a model");
    dsc_graph_initialise(graph, model->values, dsc_seed_key(&seed));
    return dsc_model_normalise(model, "unit", NULL, error);
}

dsc_status dsc_model_from_graph(dsc_model **result, const dsc_model_parts *given, dsc_error *error) {
    dsc_model_parts own = dsc_model_parts_defaults();
    const dsc_model_parts *parts = &own;
    *result = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&own, given, dsc_model_parts, loss, error);
    if (!status) status = check_parts(parts, error);
    if (status) return status;
    dsc_model *model = dsc_allocate(1, sizeof *model);
    if (!model) return dsc_fail_memory(error, sizeof *model, "a model");
    status = fill(model, parts, error);
    if (status) {
        dsc_model_free(model);
        return status;
    }
    model->graph = parts->image->graph;
    *result = model;
    return DSC_OK;
}

/* --- access --- */

dsc_graph *dsc_model_graph(const dsc_model *model) { return model->graph; }

void dsc_model_find_nodes(dsc_model_parts *parts, size_t size, const dsc_model *model) {
    const dsc_model_parts own = {.size = sizeof(dsc_model_parts),
                                 .image = model->image,
                                 .target = model->target,
                                 .logits = model->logits,
                                 .loss = model->loss};
    dsc_options_give(parts, size, &own, sizeof own);
}

dsc_real *dsc_model_value(dsc_model *model, const dsc_node *node) {
    return node->graph == model->graph && dsc_node_has_numbers(node) ? model->values + node->offset : NULL;
}

bool dsc_model_is_sigmoid(const dsc_model *model) {
    if (model->loss->op->flags & DSC_OP_LOSS) return (model->loss->op->flags & DSC_OP_SIGMOID) != 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind == DSC_NODE_OP && (node->op->flags & DSC_OP_LOSS) && node->inputs[0] == model->logits)
            return (node->op->flags & DSC_OP_SIGMOID) != 0;
    }
    return false;
}

/* --- copying numbers from and to sessions --- */

static dsc_status check_session(const dsc_model *model, const dsc_session *session, dsc_error *error) {
    if (session->graph == model->graph) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "the session is not one of the model's graph; make it with dsc_model_graph(model)");
}

dsc_status dsc_session_take_model(dsc_session *session, const dsc_model *model, dsc_error *error) {
    dsc_status status = check_session(model, session, error);
    if (status) return status;
    memcpy(session->values, model->values, dsc_graph_value_numbers(model->graph) * sizeof(dsc_real));
    return DSC_OK;
}

dsc_status dsc_model_take_session(dsc_model *model, const dsc_session *session, dsc_error *error) {
    dsc_status status = check_session(model, session, error);
    if (!status) status = dsc_model_check_values(model, session->values, error);
    if (status) return status;
    memcpy(model->values, session->values, dsc_graph_value_numbers(model->graph) * sizeof(dsc_real));
    return DSC_OK;
}
