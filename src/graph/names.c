/* SPDX-License-Identifier: MIT */
/* names.c: finds inputs, parameters and buffers by name, and freezes parameters. */
#include "graph/graph.h"

#include <string.h>

const char *dsc_node_name(const dsc_node *node) { return node->name; }

bool dsc_node_has_numbers(const dsc_node *node) {
    return node->kind == DSC_NODE_PARAMETER || node->kind == DSC_NODE_BUFFER;
}

dsc_role dsc_node_role(const dsc_node *node) {
    if (node->kind == DSC_NODE_PARAMETER) return DSC_ROLE_PARAMETER;
    return node->kind == DSC_NODE_BUFFER ? DSC_ROLE_BUFFER : DSC_ROLE_SAMPLE;
}

dsc_node *dsc_graph_find(const dsc_graph *graph, const char *name) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->name && !strcmp(graph->nodes[i]->name, name)) return graph->nodes[i];
    return NULL;
}

dsc_node *dsc_graph_find_layer(const dsc_graph *graph, const char *layer) {
    dsc_node *found = NULL; /* the last of them */
    for (size_t i = 0; i < graph->count; i++)
        if (dsc_node_is_sampled(graph->nodes[i]) && graph->nodes[i]->layer &&
            !strcmp(graph->nodes[i]->layer, layer))
            found = graph->nodes[i];
    return found;
}

dsc_node *dsc_graph_next_value(const dsc_graph *graph, const dsc_node *before) {
    for (size_t i = before ? before->index + 1 : 0; i < graph->count; i++)
        if (dsc_node_has_numbers(graph->nodes[i])) return graph->nodes[i];
    return NULL;
}

/* --- freezing --- */

void dsc_node_freeze(dsc_node *node, bool frozen) {
    if (dsc_node_has_numbers(node)) node->frozen = frozen;
}

bool dsc_node_is_frozen(const dsc_node *node) { return node->frozen; }

/* `*` matches any characters, including none. The search backtracks only to the last `*`, so its time is at
 * most the product of the lengths. */
static bool matches(const char *name, const char *pattern) {
    const char *star = NULL, *tried = name;
    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            tried = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star;
            name = ++tried;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

size_t dsc_graph_freeze(dsc_graph *graph, const char *pattern, bool frozen) {
    size_t found = 0;
    for (size_t i = 0; i < graph->count; i++) {
        dsc_node *node = graph->nodes[i];
        if (!dsc_node_has_numbers(node) || !matches(node->name, pattern)) continue;
        node->frozen = frozen;
        found++;
    }
    return found;
}

size_t dsc_graph_set_rate(dsc_graph *graph, const char *pattern, double factor) {
    size_t found = 0;
    for (size_t i = 0; i < graph->count; i++) {
        dsc_node *node = graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER || !matches(node->name, pattern)) continue;
        node->rate = factor;
        found++;
    }
    return found;
}

bool dsc_node_trains(const dsc_node *node) {
    bool has_buffers = false, moves = false;
    for (size_t i = 0; i < node->input_count; i++) {
        if (node->inputs[i]->kind != DSC_NODE_BUFFER) continue;
        has_buffers = true;
        moves = moves || !node->inputs[i]->frozen;
    }
    return moves || !has_buffers;
}
