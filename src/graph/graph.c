/* SPDX-License-Identifier: MIT */
/* graph.c: creates nodes. Every builder calls new_node, so errors are recorded in one place. */
#include "graph/graph.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/param.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_APART = 16 }; /* values are aligned to cache lines of floats */
/* Also on a machine of 32 bits, the bytes of a value fit a size_t. */
static const size_t NUMBERS_MOST =
    (uint64_t)1 << 32 < SIZE_MAX / 16 ? DSC_SIZE_OF((uint64_t)1 << 32) : SIZE_MAX / 16;

dsc_status dsc_graph_create(dsc_graph **result, dsc_error *error) {
    dsc_graph *graph = *result = dsc_allocate(1, sizeof *graph);
    if (!graph) return dsc_fail_memory(error, sizeof *graph, "a graph");
    graph->failed.graph = graph;
    graph->failed.kind = DSC_NODE_FAILED;
    return DSC_OK;
}

static void free_node(dsc_node *node) {
    if (!node) return;
    free(node->name);
    free(node->layer);
    free(node->values);
    free(node->own_op);
    free(node->inputs);
    free(node->in_shapes);
    free(node->out_shapes);
    free(node->roles);
    free(node);
}

void dsc_graph_free(dsc_graph *graph) {
    if (!graph) return;
    for (size_t i = 0; i < graph->count; i++) free_node(graph->nodes[i]);
    free(graph->nodes);
    free(graph->layer);
    free(graph);
}

dsc_status dsc_graph_check(const dsc_graph *graph, dsc_error *error) {
    if (graph->error.code) return dsc_fail(error, graph->error.code, "%s", graph->error.message);
    return DSC_OK;
}

dsc_node *dsc_graph_fail(dsc_graph *graph, dsc_status code, const char *format, ...) {
    if (!graph->error.code) {
        char message[DSC_MESSAGE_SIZE];
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
        (void)dsc_fail(&graph->error, code, "%s%s%s", graph->layer ? graph->layer : "",
                       graph->layer ? ": " : "", message);
    }
    return &graph->failed;
}

static dsc_node *fail_memory(dsc_graph *graph, const char *what) {
    return dsc_graph_fail(graph, DSC_ERROR_MEMORY, "out of memory for %s", what);
}

dsc_status dsc_graph_begin_layer(dsc_graph *graph, const char *layer) {
    free(graph->layer);
    graph->layer = layer ? strdup(layer) : NULL;
    if (layer && !graph->layer) fail_memory(graph, layer);
    return graph->error.code;
}

/* Appends a zeroed node; returns NULL after any earlier failure. */
static dsc_node *new_node(dsc_graph *graph, dsc_node_kind kind, const char *name) {
    if (graph->error.code) return NULL;
    if (graph->count == DSC_NODES_MOST) {
        dsc_graph_fail(graph, DSC_ERROR_UNSUPPORTED, "a graph has at most %d nodes", DSC_NODES_MOST);
        return NULL;
    }
    dsc_node *node = dsc_allocate(1, sizeof *node);
    if (!node || !dsc_grow(&graph->nodes, &graph->capacity, graph->count + 1, sizeof(dsc_node *)) ||
        (name && !(node->name = strdup(name))) || (graph->layer && !(node->layer = strdup(graph->layer)))) {
        free_node(node);
        fail_memory(graph, name ? name : "a node");
        return NULL;
    }
    node->graph = graph;
    node->kind = kind;
    node->index = graph->count;
    graph->nodes[graph->count++] = node;
    return node;
}

static bool shape_is_possible(dsc_graph *graph, const char *what, const dsc_shape *shape) {
    size_t count = 1;
    char text[96];
    if (shape->rank > DSC_RANK_MOST) {
        dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s: a shape has at most %d dimensions, not %zu", what,
                       DSC_RANK_MOST, shape->rank);
        return false;
    }
    for (size_t i = 0; i < shape->rank; i++) {
        if (!shape->size[i] || !dsc_multiply(&count, count, shape->size[i]) || count > NUMBERS_MOST) {
            dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s: impossible shape %s: every size is at least 1, %s",
                           what, dsc_shape_format(text, shape), "and their product at most 2^32");
            return false;
        }
    }
    return true;
}

static bool name_is_free(dsc_graph *graph, const char *name) {
    if (!dsc_graph_find(graph, name)) return true;
    dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "there are two nodes called '%s'; give them different names",
                   name);
    return false;
}

static dsc_node *new_leaf(dsc_graph *graph, dsc_node_kind kind, const char *name, const dsc_shape *shape) {
    if (!name || !*name) {
        dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "an input, parameter or buffer has no name; give it one");
        return NULL;
    }
    if (!shape_is_possible(graph, name, shape) || !name_is_free(graph, name)) return NULL;
    dsc_node *node = new_node(graph, kind, name);
    if (node) node->shape = *shape;
    return node;
}

dsc_node *dsc_input(dsc_graph *graph, const char *name, dsc_shape shape) {
    dsc_node *node = new_leaf(graph, DSC_NODE_INPUT, name, &shape);
    return node ? node : &graph->failed;
}

dsc_node *dsc_parameter(dsc_graph *graph, const char *name, dsc_shape shape, dsc_init init, size_t n_in,
                        size_t n_out, bool decays) {
    /* Unsigned, whatever type the compiler gives the enumeration. */
    if ((unsigned)init > DSC_INIT_TUTORIAL)
        return dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s: there is no initialisation %d",
                              name ? name : "a parameter", (int)init);
    if ((init == DSC_INIT_HE && n_in == 0) || (init == DSC_INIT_GLOROT && n_in == 0 && n_out == 0))
        return dsc_graph_fail(
            graph, DSC_ERROR_ARGUMENT,
            "%s: its initialisation needs the number of values that each output depends on; found 0",
            name ? name : "a parameter");
    dsc_node *node = new_leaf(graph, DSC_NODE_PARAMETER, name, &shape);
    if (!node) return &graph->failed;
    node->init = init;
    node->n_in = n_in;
    node->n_out = n_out;
    node->decays = decays;
    node->rate = 1;
    dsc_graph_place_values(graph);
    return node;
}

dsc_node *dsc_buffer(dsc_graph *graph, const char *name, dsc_shape shape, dsc_real initial) {
    if (!isfinite(initial))
        return dsc_graph_fail(graph, DSC_ERROR_ARGUMENT,
                              "%s: its initial values contain a number that is not finite",
                              name ? name : "a buffer");
    dsc_node *node = new_leaf(graph, DSC_NODE_BUFFER, name, &shape);
    if (!node) return &graph->failed;
    node->initial = initial;
    dsc_graph_place_values(graph);
    return node;
}

bool dsc_node_is_sampled(const dsc_node *node) {
    return node->kind == DSC_NODE_INPUT || node->kind == DSC_NODE_OP || node->kind == DSC_NODE_OUTPUT;
}

/* Calls the op's shape rule. The error names the op and the shapes it refused. */
static dsc_status infer_shapes(dsc_node *node) {
    const dsc_op *op = node->op;
    for (size_t i = 0; i < node->input_count; i++) {
        node->in_shapes[i] = node->inputs[i]->shape;
        node->roles[i] = dsc_node_role(node->inputs[i]);
    }
    dsc_shape_rule rule = {.values = node->values,
                           .input_count = node->input_count,
                           .in = node->in_shapes,
                           .role = node->roles,
                           .out = node->out_shapes};
    dsc_error reason = {0};
    dsc_status status = op->shapes(&rule, &reason);
    node->multiply_adds = rule.multiply_adds;
    if (!status) return DSC_OK;
    dsc_text text = {0};
    char shape[96];
    for (size_t i = 0; i < node->input_count; i++)
        dsc_text_append(&text, "%s%s", i ? ", " : "", dsc_shape_format(shape, &node->in_shapes[i]));
    dsc_graph_fail(node->graph, status, "node %zu, %s of %s: %s", node->index, op->name,
                   text.data ? text.data : "?", reason.message);
    dsc_text_free(&text);
    return status;
}

/* An op compiled with an older header is shorter; one compiled with a newer header must not use unknown
 * features. */
static bool op_is_usable(dsc_graph *graph, const dsc_op *op) {
    const unsigned char *bytes = (const unsigned char *)op;
    if (op->size < offsetof(dsc_op, backward)) {
        dsc_graph_fail(graph, DSC_ERROR_ARGUMENT,
                       "an op's size is %zu, expected %zu; set .size = sizeof(dsc_op)", op->size, sizeof *op);
        return false;
    }
    for (size_t i = sizeof *op; i < op->size; i++)
        if (bytes[i]) {
            dsc_graph_fail(
                graph, DSC_ERROR_UNSUPPORTED,
                "the op '%s' asks for features that this version, %s, does not know; use a newer library",
                op->name, dsc_version());
            return false;
        }
    if (op->outputs > DSC_OUTPUTS_MOST) {
        dsc_graph_fail(graph, DSC_ERROR_UNSUPPORTED, "%s: an op has at most %d outputs, found %zu", op->name,
                       DSC_OUTPUTS_MOST, op->outputs);
        return false;
    }
    return true;
}

/* The copy keeps the original size, so that another graph that takes it makes its own copy. */
static bool take_op(dsc_node *node, const dsc_op *op) {
    node->op = op;
    if (op->size >= sizeof *op) return true;
    node->own_op = dsc_allocate(1, sizeof *op);
    if (!node->own_op) return false;
    memcpy(node->own_op, op, op->size);
    node->op = node->own_op;
    return true;
}

static bool inputs_are_usable(dsc_graph *graph, const dsc_op *op, dsc_node *const *inputs, size_t count) {
    if (count < op->least_inputs || count > op->most_inputs) {
        dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s takes %zu to %zu inputs, found %zu", op->name,
                       op->least_inputs, op->most_inputs, count);
        return false;
    }
    if (count > DSC_INPUTS_MOST) {
        dsc_graph_fail(graph, DSC_ERROR_UNSUPPORTED, "%s: an op takes at most %d inputs, found %zu", op->name,
                       DSC_INPUTS_MOST, count);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!inputs[i] || inputs[i]->kind == DSC_NODE_FAILED) {
            dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s: input %zu is a failed node", op->name, i + 1);
            return false;
        }
        if (inputs[i]->graph != graph) {
            dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "%s: input %zu belongs to another graph", op->name,
                           i + 1);
            return false;
        }
    }
    return true;
}

static bool add_outputs(dsc_node *node) {
    node->shape = node->out_shapes[0];
    for (size_t i = 1; i < node->op->outputs; i++) {
        dsc_node *output = new_node(node->graph, DSC_NODE_OUTPUT, NULL);
        if (!output || !(output->inputs = dsc_allocate(1, sizeof(dsc_node *)))) return false;
        output->inputs[0] = node;
        output->input_count = 1;
        output->output = i;
        output->shape = node->out_shapes[i];
    }
    return true;
}

/* Checks every node's values, whoever creates the node: a builder, a file or a custom op. */
static void take_values(dsc_node *node, const void *values) {
    const dsc_op *op = node->op;
    dsc_error reason;
    dsc_status status = DSC_OK;
    if (values) {
        memcpy(node->values, values, op->values_size);
    } else {
        status = dsc_params_initialise(op->params, node->values, &reason);
        for (const dsc_param *p = op->params; p && p->name && !status; p++)
            if (!p->initial && p->type != DSC_PARAM_TEXT)
                status = dsc_fail(&reason, DSC_ERROR_ARGUMENT, "%s has no default; set it", p->name);
    }
    if (!status) status = dsc_params_check(op->params, node->values, &reason);
    if (status)
        dsc_graph_fail(node->graph, status, "node %zu, %s: %s", node->index, op->name, reason.message);
}

dsc_node *dsc_apply(const dsc_op *op, dsc_node *const *inputs, size_t count, const void *values) {
    if (!count || !inputs[0]) return NULL;
    dsc_graph *graph = inputs[0]->graph;
    if (graph->error.code || !op_is_usable(graph, op) || !inputs_are_usable(graph, op, inputs, count))
        return &graph->failed;
    dsc_node *node = new_node(graph, DSC_NODE_OP, NULL);
    if (!node) return &graph->failed;
    size_t outputs = op->outputs ? op->outputs : 1;
    bool complete = take_op(node, op);
    node->input_count = count;
    node->inputs = dsc_allocate(count, sizeof(dsc_node *));
    node->in_shapes = dsc_allocate(count, sizeof(dsc_shape));
    node->out_shapes = dsc_allocate(outputs, sizeof(dsc_shape));
    node->values = dsc_allocate(1, op->values_size);
    node->roles = dsc_allocate(count, sizeof(dsc_role));
    complete = complete && node->roles && node->inputs && node->in_shapes && node->out_shapes && node->values;
    if (!complete) {
        fail_memory(graph, op->name);
    } else {
        memcpy(node->inputs, inputs, count * sizeof(dsc_node *));
        take_values(node, values);
        if (!graph->error.code && !infer_shapes(node))
            for (size_t i = 0; i < outputs; i++) shape_is_possible(graph, op->name, &node->out_shapes[i]);
        if (!graph->error.code && !add_outputs(node)) fail_memory(graph, op->name);
    }
    return graph->error.code ? &graph->failed : node;
}

/* Infers the shapes of all ops again. Node order is also the order of evaluation. */
static dsc_status infer_all_shapes(dsc_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        dsc_node *node = graph->nodes[i];
        if (node->kind != DSC_NODE_OP) continue;
        const dsc_status status = infer_shapes(node);
        if (status) return status;
        for (size_t k = 0; k < (node->op->outputs ? node->op->outputs : 1); k++) {
            if (!shape_is_possible(graph, node->op->name, &node->out_shapes[k])) return graph->error.code;
            graph->nodes[i + k]->shape = node->out_shapes[k];
        }
    }
    return DSC_OK;
}

dsc_status dsc_input_reshape(dsc_node *input, dsc_shape shape, dsc_error *error) {
    dsc_graph *graph = input->graph;
    const dsc_shape before = input->shape;
    dsc_status status = dsc_graph_check(graph, error);
    if (status) return status;
    if (shape_is_possible(graph, input->name, &shape)) {
        input->shape = shape;
        if (!infer_all_shapes(graph)) return DSC_OK;
    }
    status = dsc_graph_check(graph, error);
    graph->error = (dsc_error){0};
    input->shape = before;
    (void)infer_all_shapes(graph); /* the old shapes, so no op refuses */
    return status;
}

dsc_node *dsc_node_output(dsc_node *node, size_t output) {
    if (!node || node->kind == DSC_NODE_FAILED || output == 0) return node;
    if (node->kind != DSC_NODE_OP || output >= node->op->outputs)
        return dsc_graph_fail(node->graph, DSC_ERROR_ARGUMENT, "node %zu has no output %zu", node->index,
                              output);
    return node->graph->nodes[node->index + output];
}

dsc_graph *dsc_node_graph(dsc_node *node) { return node ? node->graph : NULL; }
const dsc_shape *dsc_node_shape(const dsc_node *node) { return &node->shape; }

/* --- the slab of values --- */

static size_t place_kind(dsc_graph *graph, dsc_node_kind kind, size_t offset) {
    for (size_t i = 0; i < graph->count; i++) {
        dsc_node *node = graph->nodes[i];
        if (node->kind != kind) continue;
        node->offset = offset;
        offset += (dsc_shape_count(&node->shape) + NUMBERS_APART - 1) / NUMBERS_APART * NUMBERS_APART;
    }
    return offset;
}

void dsc_graph_place_values(dsc_graph *graph) {
    graph->parameters = place_kind(graph, DSC_NODE_PARAMETER, 0);
    graph->values = place_kind(graph, DSC_NODE_BUFFER, graph->parameters);
}

size_t dsc_graph_parameter_numbers(const dsc_graph *graph) { return graph->parameters; }
size_t dsc_graph_value_numbers(const dsc_graph *graph) { return graph->values; }
