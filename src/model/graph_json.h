/* SPDX-License-Identifier: MIT */
/* graph_json.h: a graph as JSON, op by op, so that a file can be read without its model text.
 *
 * {"nodes": [...]}, where a node is one of
 *   {"kind": "input", "name": "image", "shape": [1, 28, 28]}
 *   {"kind": "parameter", "name": "dense1.weight", "shape": [100, 784], "init": "he", "n_in": 784,
 *    "n_out": 100, "decays": true}
 *   {"kind": "buffer", "name": "batch_norm1.running_var", "shape": [32], "initial": 1.0}
 *   {"kind": "op", "op": "conv2d", "inputs": [0, 1, 2], "values": {"stride": "1", ...}}
 *   {"kind": "output", "of": 7, "output": 1}        a further output of the op of node 7, directly after it
 * and "layer": "conv1" if a layer created it. Inputs refer to earlier nodes by index in the list. */
#ifndef DSC_MODEL_GRAPH_JSON_H
#define DSC_MODEL_GRAPH_JSON_H

#include "graph/graph.h"

#include <jansson.h>

/* The caller releases the result with json_decref. NULL: out of memory. */
json_t *dsc_graph_to_json(const dsc_graph *graph);

/* Builds a graph, which the caller frees. Ops come from the library or from `ops` (NULL-terminated; NULL:
 * none). Checks everything that the graph builders check. DSC_ERROR_FORMAT or the builder's error: the
 * message names the node. */
dsc_status dsc_graph_from_json(dsc_graph **graph, const json_t *json, const dsc_op *const *ops,
                               dsc_error *error);

/* A list of integers as a shape; false if it is not one. The reverse returns NULL without memory. */
bool dsc_shape_from_json(dsc_shape *shape, const json_t *json);
json_t *dsc_shape_to_json(const dsc_shape *shape);

#endif
