/* SPDX-License-Identifier: MIT */
/* graph_json.c: converts a graph to JSON and back. */
#include "model/graph_json.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"

#include <stdlib.h>
#include <string.h>

static const char *const inits[] = {"zeros", "ones", "he", "glorot", "tutorial"}; /* as in dsc_init */
enum { INITS = sizeof inits / sizeof *inits };

json_t *dsc_shape_to_json(const dsc_shape *shape) {
    json_t *json = json_array();
    for (size_t i = 0; json && i < shape->rank; i++)
        if (json_array_append_new(json, json_integer((json_int_t)shape->size[i]))) {
            json_decref(json);
            return NULL;
        }
    return json;
}

bool dsc_shape_from_json(dsc_shape *shape, const json_t *json) {
    *shape = (dsc_shape){.rank = json_array_size(json)};
    if (!json_is_array(json) || shape->rank > DSC_RANK_MOST) return false;
    for (size_t i = 0; i < shape->rank; i++) {
        const json_t *size = json_array_get(json, i);
        if (!json_is_integer(size) || json_integer_value(size) < 1) return false;
        shape->size[i] = (size_t)json_integer_value(size);
    }
    return true;
}

/* --- writing: json_object_set_new takes ownership of the value and fails on NULL --- */

static bool write_values(json_t *json, const dsc_op *op, const void *values) {
    json_t *all = json_object();
    bool good = all != NULL;
    for (const dsc_param *param = op->params; good && param && param->name; param++)
        if (param->type != DSC_PARAM_TEXT)
            good = !json_object_set_new(all, param->name, dsc_param_to_json(param, values));
    if (good) return !json_object_set_new(json, "values", all);
    json_decref(all);
    return false;
}

static bool write_op(json_t *json, const dsc_node *node) {
    json_t *inputs = json_array();
    bool good = inputs && !json_object_set_new(json, "kind", json_string("op")) &&
                !json_object_set_new(json, "op", json_string(node->op->name));
    for (size_t i = 0; good && i < node->input_count; i++)
        good = !json_array_append_new(inputs, json_integer((json_int_t)node->inputs[i]->index));
    good = good && !json_object_set(json, "inputs", inputs) && write_values(json, node->op, node->values);
    json_decref(inputs);
    return good;
}

static bool write_leaf(json_t *json, const dsc_node *node) {
    const char *kind = node->kind == DSC_NODE_INPUT       ? "input"
                       : node->kind == DSC_NODE_PARAMETER ? "parameter"
                                                          : "buffer";
    if (json_object_set_new(json, "kind", json_string(kind)) ||
        json_object_set_new(json, "name", json_string(node->name)) ||
        json_object_set_new(json, "shape", dsc_shape_to_json(&node->shape)))
        return false;
    if (node->kind == DSC_NODE_BUFFER)
        return !json_object_set_new(json, "initial", json_real((double)node->initial));
    if (node->kind == DSC_NODE_INPUT) return true;
    return !json_object_set_new(json, "init", json_string(inits[node->init])) &&
           !json_object_set_new(json, "n_in", json_integer((json_int_t)node->n_in)) &&
           !json_object_set_new(json, "n_out", json_integer((json_int_t)node->n_out)) &&
           !json_object_set_new(json, "decays", json_boolean(node->decays));
}

static bool write_output(json_t *json, const dsc_node *node) {
    return !json_object_set_new(json, "kind", json_string("output")) &&
           !json_object_set_new(json, "of", json_integer((json_int_t)node->inputs[0]->index)) &&
           !json_object_set_new(json, "output", json_integer((json_int_t)node->output));
}

static json_t *write_node(const dsc_node *node) {
    json_t *json = json_object();
    bool good = json && (node->kind == DSC_NODE_OP       ? write_op(json, node)
                         : node->kind == DSC_NODE_OUTPUT ? write_output(json, node)
                                                         : write_leaf(json, node));
    if (good && node->layer) good = !json_object_set_new(json, "layer", json_string(node->layer));
    if (good) return json;
    json_decref(json);
    return NULL;
}

json_t *dsc_graph_to_json(const dsc_graph *graph) {
    json_t *json = json_object(), *nodes = json_array();
    bool good = json && nodes;
    for (size_t i = 0; good && i < graph->count; i++)
        good = !json_array_append_new(nodes, write_node(graph->nodes[i]));
    if (good && !json_object_set(json, "nodes", nodes)) {
        json_decref(nodes);
        return json;
    }
    json_decref(json);
    json_decref(nodes);
    return NULL;
}

/* --- reading --- */

static const char *text_of(const json_t *json, const char *key) {
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

/* An integer from 0 to 2^40. */
static bool number_of(size_t *number, const json_t *json) {
    if (!json_is_integer(json) || json_integer_value(json) < 0 ||
        json_integer_value(json) > (json_int_t)1 << 40)
        return false;
    *number = (size_t)json_integer_value(json);
    return true;
}

static dsc_status read_leaf(dsc_graph *graph, const json_t *json, const char *kind, dsc_error *error) {
    const char *name = text_of(json, "name");
    dsc_shape shape;
    if (!*name || strlen(name) > 200)
        return dsc_fail(error, DSC_ERROR_FORMAT, "expected a \"name\" of 1 to 200 letters");
    if (!dsc_shape_from_json(&shape, json_object_get(json, "shape")))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "'%s': expected a \"shape\" of at most %d sizes of at least 1", name, DSC_RANK_MOST);
    if (!strcmp(kind, "input")) {
        dsc_input(graph, name, shape);
    } else if (!strcmp(kind, "buffer")) {
        dsc_buffer(graph, name, shape, (dsc_real)json_number_value(json_object_get(json, "initial")));
    } else {
        size_t n_in, n_out, init = 0;
        while (init < INITS && strcmp(inits[init], text_of(json, "init")) != 0) init++;
        if (init == INITS || !number_of(&n_in, json_object_get(json, "n_in")) ||
            !number_of(&n_out, json_object_get(json, "n_out")))
            return dsc_fail(error, DSC_ERROR_FORMAT, "'%s': expected \"init\", \"n_in\" and \"n_out\"", name);
        dsc_parameter(graph, name, shape, (dsc_init)init, n_in, n_out,
                      json_is_true(json_object_get(json, "decays")));
    }
    return dsc_graph_check(graph, error);
}

static const dsc_op *find_op(const char *name, const dsc_op *const *ops) {
    for (; ops && *ops; ops++)
        if (!strcmp((*ops)->name, name)) return *ops;
    return dsc_op_find(name);
}

static dsc_status read_values(void *values, const dsc_op *op, const json_t *json, dsc_error *error) {
    dsc_status status = dsc_params_initialise(op->params, values, error);
    const char *key;
    json_t *value;
    if (status || !json) return status;
    json_object_foreach((json_t *)(uintptr_t)json, key, value) { /* read-only */
        const dsc_param *param = dsc_param_find(op->params, key);
        if (!param || param->type == DSC_PARAM_TEXT)
            return dsc_fail(error, DSC_ERROR_FORMAT, "the op '%s' has no parameter '%s'", op->name, key);
        dsc_error reason;
        if (dsc_param_from_json(param, values, value, &reason))
            return dsc_fail(error, reason.code == DSC_ERROR_MEMORY ? reason.code : DSC_ERROR_FORMAT,
                            "the op '%s': %s", op->name, reason.message);
    }
    return DSC_OK;
}

static dsc_status read_inputs(dsc_node **inputs, const dsc_graph *graph, const json_t *list,
                              dsc_error *error) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t index;
        if (!number_of(&index, json_array_get(list, i)) || index >= graph->count)
            return dsc_fail(error, DSC_ERROR_FORMAT, "input %zu: expected the number of an earlier node",
                            i + 1);
        inputs[i] = graph->nodes[index];
    }
    return DSC_OK;
}

static dsc_status read_op(dsc_graph *graph, const json_t *json, const dsc_op *const *ops, dsc_error *error) {
    const char *name = text_of(json, "op");
    const dsc_op *op = find_op(name, ops);
    const json_t *list = json_object_get(json, "inputs");
    size_t count = json_array_size(list);
    if (!op)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "unknown op '%.60s'; update Descender, or register the op if it is your own", name);
    if (count < 1 || count < op->least_inputs || count > op->most_inputs)
        return dsc_fail(error, DSC_ERROR_FORMAT, "the op '%s' takes %zu to %zu inputs, found %zu", name,
                        op->least_inputs, op->most_inputs, count);
    dsc_node **inputs = dsc_allocate(count, sizeof(dsc_node *));
    void *values = dsc_allocate(1, op->values_size);
    dsc_status status = inputs && values ? read_inputs(inputs, graph, list, error)
                                         : dsc_fail_memory(error, op->values_size, "an op");
    if (!status) status = read_values(values, op, json_object_get(json, "values"), error);
    if (!status) {
        dsc_apply(op, inputs, count, values);
        status = dsc_graph_check(graph, error);
    }
    if (values) dsc_params_free(op->params, values);
    free(values);
    free(inputs);
    return status;
}

/* An op creates its further outputs; the list must match them. */
static dsc_status check_output(const dsc_node *node, const json_t *json, const char *kind, dsc_error *error) {
    size_t of, output;
    if (strcmp(kind, "output") != 0 || node->kind != DSC_NODE_OUTPUT ||
        !number_of(&of, json_object_get(json, "of")) ||
        !number_of(&output, json_object_get(json, "output")) || of != node->inputs[0]->index ||
        output != node->output)
        return dsc_fail(error, DSC_ERROR_FORMAT, "expected output %zu of node %zu", node->output,
                        node->inputs ? node->inputs[0]->index : 0);
    return DSC_OK;
}

static dsc_status read_node(dsc_graph *graph, size_t index, const json_t *json, const dsc_op *const *ops,
                            dsc_error *error) {
    const char *kind = text_of(json, "kind"), *layer = json_string_value(json_object_get(json, "layer"));
    if (index < graph->count) return check_output(graph->nodes[index], json, kind, error);
    if (layer && strlen(layer) > 100)
        return dsc_fail(error, DSC_ERROR_FORMAT, "a layer's name of %zu letters", strlen(layer));
    dsc_status status = dsc_graph_begin_layer(graph, layer);
    if (status) return dsc_graph_check(graph, error);
    if (!strcmp(kind, "op")) return read_op(graph, json, ops, error);
    if (!strcmp(kind, "input") || !strcmp(kind, "parameter") || !strcmp(kind, "buffer"))
        return read_leaf(graph, json, kind, error);
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "expected a \"kind\": input, parameter, buffer or op, found '%.60s'", kind);
}

dsc_status dsc_graph_from_json(dsc_graph **result, const json_t *json, const dsc_op *const *ops,
                               dsc_error *error) {
    *result = NULL;
    const json_t *nodes = json_object_get(json, "nodes");
    if (!json_is_array(nodes) || !json_array_size(nodes) || json_array_size(nodes) > DSC_NODES_MOST)
        return dsc_fail(error, DSC_ERROR_FORMAT, "expected a list \"nodes\" of 1 to %d nodes",
                        DSC_NODES_MOST);
    dsc_graph *graph;
    dsc_status status = dsc_graph_create(&graph, error);
    size_t count = json_array_size(nodes);
    for (size_t i = 0; i < count && !status; i++) {
        status = read_node(graph, i, json_array_get(nodes, i), ops, error);
        if (status == DSC_ERROR_ARGUMENT) status = DSC_ERROR_FORMAT;
        if (status) (void)dsc_error_context(error, status, "node %zu", i);
        if (status && error) error->code = status;
    }
    if (!status && graph->count != count)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%zu nodes, expected %zu: a further output is missing",
                          count, graph->count);
    if (!status && dsc_graph_begin_layer(graph, NULL)) status = dsc_graph_check(graph, error);
    if (status)
        dsc_graph_free(graph);
    else
        *result = graph;
    return status;
}
