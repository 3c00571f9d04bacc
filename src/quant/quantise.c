/* SPDX-License-Identifier: MIT */
/* quantise.c: folds the graph, calibrates its values, converts each op, and builds a model from the
 * result. */
#include "quant/rules.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/images.h"
#include "op/op.h"
#include "quant/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 1000 };

typedef struct work {
    const dsc_model *model;
    dsc_folded *folded;
    dsc_real *numbers;
    dsc_value_range *ranges;
    bool *inner;      /* nodes that the logits depend on */
    dsc_node **outer; /* the new graph's copy of a node after the logits */
    dsc_conversion c;
} work;

static void clear(work *w) {
    const size_t count = w->c.from ? w->c.from->count : 0;
    for (size_t i = 0; w->c.values && i < count; i++) {
        free(w->c.values[i].scale);
        free(w->c.values[i].offset);
    }
    for (size_t i = 0; i < w->c.item_count; i++) free(w->c.items[i].numbers);
    free(w->c.values);
    free(w->c.items);
    free(w->ranges);
    free(w->inner);
    free(w->outer);
    free(w->numbers);
    dsc_graph_free(w->c.graph);
    dsc_folded_free(w->folded);
}

static dsc_status prepare(work *w, const dsc_quantise_options *options, const dsc_dataset *data,
                          dsc_error *error) {
    const dsc_node *because = NULL;
    bool is = false;
    dsc_status status = dsc_model_check_data(w->model, data, error);
    if (!status) status = dsc_check_quantised(&is, &because, w->model, error);
    if (!status && is)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "the network is quantised already; quantise the network that it was made from");
    if (!status) status = dsc_model_check_values(w->model, NULL, error);
    if (!status) status = dsc_folded_create_unfused(&w->folded, w->model->graph, error);
    if (status) return status;
    const dsc_graph *from = w->c.from = dsc_folded_graph(w->folded);
    w->numbers = dsc_allocate_aligned(dsc_graph_value_numbers(from) + 1, sizeof *w->numbers);
    w->ranges = dsc_allocate(from->count, sizeof *w->ranges);
    w->c.values = dsc_allocate(from->count, sizeof *w->c.values);
    w->inner = dsc_allocate(from->count, sizeof *w->inner);
    w->outer = dsc_allocate(from->count, sizeof(dsc_node *));
    if (!w->numbers || !w->ranges || !w->c.values || !w->inner || !w->outer)
        return dsc_fail_memory(error, from->count * sizeof *w->ranges, "a quantised network");
    dsc_folded_values(w->folded, w->numbers, w->model->values);
    w->c.numbers = w->numbers;
    w->c.ranges = w->ranges;
    w->c.image = dsc_folded_node(w->folded, w->model->image);
    w->c.normalisation = &w->model->normalisation;
    w->c.levels = options->levels ? options->levels : dsc_round_levels(w->model->values, w->model->graph);
    status = dsc_graph_create(&w->c.graph, error);
    if (status) return status;
    return dsc_calibrate(w->ranges, w->folded, w->numbers, w->model, data,
                         options->samples ? options->samples : SAMPLES, error);
}

static void find_inner(work *w, const dsc_node *logits) {
    w->inner[logits->index] = true;
    for (size_t i = logits->index + 1; i-- > 0;)
        for (size_t k = 0; w->inner[i] && k < w->c.from->nodes[i]->input_count; k++)
            w->inner[w->c.from->nodes[i]->inputs[k]->index] = true;
}

static dsc_node *copy_outer(work *w, const dsc_node *node);

/* Other inputs of the loss stay unchanged: the target and class weights. */
static dsc_node *outer_input(work *w, const dsc_node *node) {
    if (w->outer[node->index] || w->inner[node->index]) return w->outer[node->index];
    return w->outer[node->index] = copy_outer(w, node);
}

static dsc_node *copy_outer(work *w, const dsc_node *node) {
    dsc_conversion *c = &w->c;
    dsc_node *inputs[DSC_RULE_INPUTS];
    if (node->kind == DSC_NODE_INPUT) return dsc_input(c->graph, node->name, node->shape);
    if (dsc_node_has_numbers(node)) {
        const size_t count = dsc_shape_count(&node->shape);
        dsc_real *numbers = dsc_allocate(count, sizeof *numbers);
        if (numbers) memcpy(numbers, w->numbers + node->offset, count * sizeof *numbers);
        return dsc_convert_number(c, node->name, node->shape, node->kind == DSC_NODE_BUFFER, numbers);
    }
    if (node->kind != DSC_NODE_OP || node->input_count > DSC_RULE_INPUTS) return NULL;
    for (size_t i = 0; i < node->input_count; i++)
        if (!(inputs[i] = outer_input(w, node->inputs[i]))) return NULL;
    return dsc_apply(node->op, inputs, node->input_count, node->values);
}

static dsc_status convert(work *w, dsc_model_parts *parts, dsc_error *error) {
    dsc_conversion *c = &w->c;
    size_t members;
    const dsc_node *last = dsc_folded_node(w->folded, w->model->logits), *logits = last;
    /* What makes one answer of the members' computes with reals, as what makes probabilities does. */
    if (dsc_model_members(w->model, &members)) logits = c->members = last->inputs[0];
    find_inner(w, logits);
    if (!w->inner[c->image->index])
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "the logits do not depend on the image");
    dsc_status status = dsc_convert_image(c);
    for (size_t i = 0; !status && i <= logits->index; i++) {
        const dsc_node *node = c->from->nodes[i];
        if (!w->inner[i] || node == c->image || dsc_node_has_numbers(node)) continue;
        status = node->kind == DSC_NODE_OP
                     ? dsc_convert_op(c, node)
                     : dsc_fail(error, DSC_ERROR_UNSUPPORTED, "ops of several outputs cannot be quantised");
    }
    parts->image = c->values[c->image->index].node;
    for (size_t i = 0; !status && i < c->graph->count; i++) /* if an image was shifted: the input itself */
        if (c->graph->nodes[i]->kind == DSC_NODE_INPUT) parts->image = c->graph->nodes[i];
    if (!status) status = dsc_convert_logits(&parts->logits, c, logits);
    if (status) return status;
    (void)dsc_graph_begin_layer(c->graph, NULL);
    w->outer[logits->index] = parts->logits;
    error->message[0] = 0;
    if (last != logits) parts->logits = outer_input(w, last);
    if (!parts->logits) return dsc_graph_check(c->graph, error);
    parts->loss = outer_input(w, dsc_folded_node(w->folded, w->model->loss));
    const dsc_node *target = dsc_folded_node(w->folded, w->model->target);
    parts->target = w->outer[target->index];
    if (!parts->target) parts->target = outer_input(w, target);
    status = dsc_graph_check(c->graph, error);
    if (!status && (!parts->loss || !parts->target))
        status = error->message[0]
                     ? DSC_ERROR_MEMORY
                     : dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                                "a loss that reads values other than the logits cannot be quantised");
    return status;
}

/* Sets the model's metadata, except figures, and records the quantisation. */
static dsc_status describe(dsc_model *to, const dsc_model *from, int levels, dsc_error *error) {
    static const char *const kept[] = {"recipe", "data", "others"};
    char text[64];
    dsc_images images;
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < sizeof kept / sizeof *kept; i++)
        if (dsc_model_about(from, kept[i]))
            status = dsc_model_set_about(to, kept[i], dsc_model_about(from, kept[i]), error);
    (void)snprintf(text, sizeof text, levels == 1 ? "ternary weights" : "weights from %d to %d", -levels,
                   levels);
    if (!status) status = dsc_model_set_about(to, "quantised", text, error);
    dsc_model_describe(&images, from);
    to->refuse_below = from->refuse_below;
    if (!status) status = dsc_model_normalise(to, DSC_NORMALISE_AS_BYTES, NULL, error);
    return status ? status : dsc_model_expect(to, &images, error);
}

static dsc_status make_model(dsc_model **result, work *w, dsc_model_parts *parts, dsc_error *error) {
    dsc_model *model;
    const dsc_node *because = NULL;
    bool is = false;
    parts->text = w->model->text;
    parts->class_names = (const char *const *)w->model->class_names;
    dsc_status status = dsc_model_from_graph(&model, parts, error);
    if (status) return status;
    w->c.graph = NULL; /* owned by the model now */
    for (size_t i = 0; i < w->c.item_count; i++)
        memcpy(dsc_model_value(model, w->c.items[i].to), w->c.items[i].numbers,
               dsc_shape_count(dsc_node_shape(w->c.items[i].to)) * sizeof(dsc_real));
    status = describe(model, w->model, w->c.levels, error);
    if (!status) status = dsc_check_quantised(&is, &because, model, error);
    if (!status && !is)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s%s cannot be proven to be whole",
                          because && because->layer ? because->layer : "",
                          because && because->op ? because->op->name : " a value");
    if (status) {
        dsc_model_free(model);
        return status;
    }
    *result = model;
    return DSC_OK;
}

void dsc_quantised_report_clear(dsc_quantised_report *report) {
    free(report->layers);
    *report = (dsc_quantised_report){0};
}

dsc_status dsc_quantise(dsc_model **quantised, dsc_quantised_report *report, const dsc_model *model,
                        const dsc_dataset *data, const dsc_quantise_options *options, dsc_error *given) {
    dsc_error own = {0}, *error = given ? given : &own;
    dsc_model_parts parts = dsc_model_parts_defaults();
    *quantised = NULL;
    if (report) *report = (dsc_quantised_report){0};
    work w = {.model = model, .c = {.report = report, .error = error}};
    dsc_status status = prepare(&w, options, data, error);
    if (!status) status = convert(&w, &parts, error);
    if (!status) status = make_model(quantised, &w, &parts, error);
    clear(&w);
    return status;
}
