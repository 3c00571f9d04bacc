/* SPDX-License-Identifier: MIT */
/* summary.c: groups the nodes of a graph by layer. */
#include "model/summary.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const size_t NONE = SIZE_MAX;

/* The row of a node's layer, or a new row. Parameters and buffers never start a row. */
static size_t row_of(dsc_layer_facts *layers, size_t *count, const dsc_node *node) {
    const char *name = node->layer;
    if (name)
        for (size_t i = *count; i-- > 0;)
            if (!strcmp(layers[i].name, name)) return i;
    if (!name) name = node->kind == DSC_NODE_OP ? node->op->name : node->name ? node->name : "output";
    layers[*count].name = name;
    return (*count)++;
}

static void add_input(dsc_layer_facts *layer, size_t input) {
    for (size_t i = 0; i < layer->input_count; i++)
        if (layer->inputs[i] == input) return;
    if (layer->input_count < DSC_LAYER_INPUTS_MOST) layer->inputs[layer->input_count++] = input;
    layer->joins = layer->input_count > 1;
}

static void add_node(dsc_layer_facts *layers, size_t row, const dsc_node *node, const size_t *rows) {
    dsc_layer_facts *layer = &layers[row];
    if (node->kind == DSC_NODE_PARAMETER) layer->parameters += dsc_shape_count(&node->shape);
    if (!dsc_node_is_sampled(node)) return;
    layer->shape = node->shape;
    layer->multiply_adds += node->multiply_adds;
    if (node->kind != DSC_NODE_OP || !(node->op->flags & DSC_OP_VIEW))
        layer->values += dsc_shape_count(&node->shape);
    for (size_t i = 0; i < node->input_count; i++)
        if (dsc_node_is_sampled(node->inputs[i]) && rows[node->inputs[i]->index] != row)
            add_input(layer, rows[node->inputs[i]->index]);
}

dsc_status dsc_model_summarise(dsc_layer_facts **result, size_t *count, const dsc_model *model,
                               dsc_error *error) {
    size_t nodes = model->logits->index + 1;
    *count = 0;
    *result = NULL;
    dsc_layer_facts *layers = dsc_allocate(nodes, sizeof *layers);
    size_t *rows = dsc_allocate(nodes, sizeof *rows);
    if (!layers || !rows) {
        free(layers);
        free(rows);
        return dsc_fail_memory(error, nodes * sizeof *layers, "a summary of the model");
    }
    for (size_t i = 0; i < nodes; i++) {
        const dsc_node *node = model->graph->nodes[i];
        rows[i] = node == model->target || (!node->layer && !dsc_node_is_sampled(node))
                      ? NONE
                      : row_of(layers, count, node);
        if (rows[i] != NONE) add_node(layers, rows[i], node, rows);
    }
    free(rows);
    *result = layers;
    return DSC_OK;
}
