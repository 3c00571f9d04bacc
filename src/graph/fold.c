/* SPDX-License-Identifier: MIT */
/* fold.c: simplifies graphs for inference; see fold.h. It uses op flags and hooks, and knows no particular
 * op. */
#include "graph/fold.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT = 1, BIAS = 2 };

/* Derives one parameter or buffer of the folded graph from the original's values. */
typedef struct item {
    const dsc_node *to;
    const dsc_node *from; /* NULL: zeros */
    const dsc_node *by;   /* the op whose affine map is folded in; NULL: a copy */
    bool is_bias;
} item;

struct dsc_folded {
    dsc_graph *graph;
    dsc_node **nodes; /* the new node of each original node */
    bool *gone;       /* for each original node: it was folded into another */
    const dsc_node *kept;
    bool unfused; /* no op absorbs another */
    item *items;
    size_t item_count, item_capacity;
    dsc_real *factor, *offset; /* buffers for the widest map */
};

/* --- what can be folded --- */

/* A kept value counts as a user. */
static size_t users_of(const dsc_folded *f, const dsc_graph *graph, const dsc_node *node) {
    size_t users = node == f->kept;
    for (size_t i = 0; i < graph->count; i++)
        for (size_t k = 0; k < graph->nodes[i]->input_count; k++) users += graph->nodes[i]->inputs[k] == node;
    return users;
}

/* An affine op acts on the first dimension. A matrix product's output has its channels there only if it has
 * no other dimension; a convolution's, whose weight has more dimensions, always. */
static bool channels_come_first(const dsc_node *linear) {
    return linear->shape.rank == 1 || linear->inputs[WEIGHT]->shape.rank > 2;
}

/* The affine op that can be folded into `linear`, or NULL. */
static const dsc_node *folded_into(const dsc_folded *f, const dsc_graph *graph, const dsc_node *linear) {
    if (linear->kind != DSC_NODE_OP || !(linear->op->flags & DSC_OP_LINEAR) || !channels_come_first(linear) ||
        users_of(f, graph, linear) != 1)
        return NULL;
    for (size_t i = linear->index + 1; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind == DSC_NODE_OP && node->op->affine && node->inputs[0] == linear) return node;
    }
    return NULL;
}

/* The only op that reads the output of `node`, if it reads it as its first input; otherwise NULL. */
static const dsc_node *only_reader(const dsc_folded *f, const dsc_graph *graph, const dsc_node *node) {
    if (users_of(f, graph, node) != 1) return NULL;
    for (size_t i = node->index + 1; i < graph->count; i++) {
        const dsc_node *reader = graph->nodes[i];
        if (reader->kind == DSC_NODE_OP && reader->inputs[0] == node) return reader;
    }
    return NULL;
}

/* Lets `node` absorb the ops that follow `last`, as far as possible; returns the last op absorbed. */
static const dsc_node *absorb_readers(dsc_folded *f, void *values, const dsc_graph *graph,
                                      const dsc_node *node, const dsc_node *last) {
    const dsc_node *next;
    while (!f->unfused && node->op->absorb && (next = only_reader(f, graph, last)) &&
           node->op->absorb(values, next->op, next->values)) {
        f->gone[next->index] = true;
        last = next;
    }
    return last;
}

/* --- building --- */

static bool remember(dsc_folded *f, const dsc_node *to, const dsc_node *from, const dsc_node *by,
                     bool is_bias) {
    if (!dsc_grow(&f->items, &f->item_capacity, f->item_count + 1, sizeof *f->items)) return false;
    f->items[f->item_count++] = (item){to, from, by, is_bias};
    return true;
}

/* Adds a parameter or buffer like `like`, filled from `from` through the map of `by`. */
static dsc_node *add_value(dsc_folded *f, const char *name, const dsc_node *like, const dsc_node *from,
                           const dsc_node *by, bool is_bias) {
    dsc_node *node =
        like->kind == DSC_NODE_BUFFER
            ? dsc_buffer(f->graph, name, like->shape, 0)
            : dsc_parameter(f->graph, name, like->shape, DSC_INIT_ZEROS, like->n_in, like->n_out, false);
    if (!remember(f, node, from, by, is_bias))
        return dsc_graph_fail(f->graph, DSC_ERROR_MEMORY, "out of memory for a folded graph");
    return node;
}

static dsc_node *copy_of(dsc_folded *f, const dsc_node *node) {
    dsc_node *copy = f->nodes[node->index];
    if (copy || dsc_node_is_sampled(node)) /* ops are copied in order, so their inputs exist */
        return copy;
    copy = add_value(f, node->name, node, node, NULL, false);
    f->nodes[node->index] = copy;
    return copy;
}

/* A name that neither graph has; a weight may be shared by several ops. */
static void new_name(char name[256], const dsc_folded *f, const dsc_node *weight, const char *what) {
    (void)snprintf(name, 256, "%.220s (%s)", weight->name, what);
    for (size_t i = 2; dsc_graph_find(f->graph, name) || dsc_graph_find(weight->graph, name); i++)
        (void)snprintf(name, 256, "%.220s (%s %zu)", weight->name, what, i);
}

/* Copies the op with the map of `affine` folded into its weight and bias. */
static dsc_node *fold_op(dsc_folded *f, const dsc_node *linear, const dsc_node *affine, const void *values) {
    char name[256];
    const dsc_node *weight = linear->inputs[WEIGHT], *offset = affine->inputs[1]; /* one per channel */
    const dsc_node *bias = linear->input_count > BIAS ? linear->inputs[BIAS] : NULL;
    dsc_node *inputs[3] = {copy_of(f, linear->inputs[0])};
    new_name(name, f, weight, "folded");
    inputs[WEIGHT] = add_value(f, name, weight, weight, affine, false);
    new_name(name, f, weight, "offset");
    inputs[BIAS] = add_value(f, name, bias ? bias : offset, bias, affine, true);
    return dsc_apply(linear->op, inputs, 3, values);
}

static dsc_node *copy_op(dsc_folded *f, const dsc_node *node, const void *values) {
    dsc_node *inputs[DSC_INPUTS_MOST];
    if (node->op->flags & DSC_OP_TRAINING_ONLY) return copy_of(f, node->inputs[0]);
    for (size_t i = 0; i < node->input_count; i++) inputs[i] = copy_of(f, node->inputs[i]);
    return dsc_apply(node->op, inputs, node->input_count, values);
}

static void build_op(dsc_folded *f, const dsc_graph *graph, const dsc_node *node) {
    void *values = dsc_allocate(1, node->op->values_size); /* dsc_apply copies them */
    if (!values) {
        (void)dsc_graph_fail(f->graph, DSC_ERROR_MEMORY, "out of memory for a folded graph");
        return;
    }
    memcpy(values, node->values, node->op->values_size);
    const dsc_node *affine = folded_into(f, graph, node);
    if (affine) f->gone[affine->index] = true;
    const dsc_node *last = absorb_readers(f, values, graph, node, affine ? affine : node);
    f->nodes[last->index] = affine ? fold_op(f, node, affine, values) : copy_op(f, node, values);
    free(values);
}

static void build(dsc_folded *f, const dsc_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind == DSC_NODE_OUTPUT)
            f->nodes[i] = dsc_node_output(f->nodes[node->inputs[0]->index], node->output);
        if (node->kind == DSC_NODE_INPUT) f->nodes[i] = dsc_input(f->graph, node->name, node->shape);
        if (node->kind != DSC_NODE_OP || f->gone[i]) continue;
        if (dsc_graph_begin_layer(f->graph, node->layer)) return;
        build_op(f, graph, node);
    }
    (void)dsc_graph_begin_layer(f->graph, NULL);
}

static size_t channels_most(const dsc_graph *graph) {
    size_t most = 1;
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->shape.rank && graph->nodes[i]->shape.size[0] > most)
            most = graph->nodes[i]->shape.size[0];
    return most;
}

static dsc_status create(dsc_folded **result, const dsc_graph *graph, const dsc_node *kept, bool unfused,
                         dsc_error *error) {
    *result = NULL;
    dsc_folded *f = dsc_allocate(1, sizeof *f);
    if (!f) return dsc_fail_memory(error, sizeof *f, "a folded graph");
    const size_t channels = channels_most(graph);
    f->kept = kept;
    f->unfused = unfused;
    f->nodes = dsc_allocate(graph->count, sizeof(dsc_node *));
    f->gone = dsc_allocate(graph->count, sizeof *f->gone);
    f->factor = dsc_allocate(channels, sizeof(dsc_real));
    f->offset = dsc_allocate(channels, sizeof(dsc_real));
    dsc_status status = f->nodes && f->gone && f->factor && f->offset
                            ? dsc_graph_create(&f->graph, error)
                            : dsc_fail_memory(error, channels * sizeof(dsc_real), "a folded graph");
    if (!status) {
        build(f, graph);
        status = dsc_graph_check(f->graph, error);
    }
    if (status) {
        dsc_folded_free(f);
        return status;
    }
    *result = f;
    return DSC_OK;
}

dsc_status dsc_folded_create(dsc_folded **result, const dsc_graph *graph, const dsc_node *kept,
                             dsc_error *error) {
    return create(result, graph, kept, false, error);
}

dsc_status dsc_folded_create_unfused(dsc_folded **result, const dsc_graph *graph, dsc_error *error) {
    return create(result, graph, NULL, true, error);
}

void dsc_folded_free(dsc_folded *f) {
    if (!f) return;
    dsc_graph_free(f->graph);
    free(f->nodes);
    free(f->gone);
    free(f->items);
    free(f->factor);
    free(f->offset);
    free(f);
}

const dsc_graph *dsc_folded_graph(const dsc_folded *f) { return f->graph; }
const dsc_node *dsc_folded_node(const dsc_folded *f, const dsc_node *node) { return f->nodes[node->index]; }

/* --- values --- */

static void find_map(dsc_folded *f, const dsc_node *affine, const dsc_real *values) {
    const dsc_real *in[DSC_INPUTS_MOST] = {NULL};
    for (size_t i = 1; i < affine->input_count; i++) in[i] = values + affine->inputs[i]->offset;
    affine->op->affine(f->factor, f->offset, affine->values, in, affine->shape.size[0]);
}

static void fill_item(dsc_folded *f, const item *it, dsc_real *to, const dsc_real *values) {
    const size_t count = dsc_shape_count(&it->to->shape);
    if (!it->by) {
        memcpy(to, values + it->from->offset, count * sizeof *to);
        return;
    }
    find_map(f, it->by, values);
    const size_t channels = it->by->shape.size[0], each = count / channels;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < each; i++) {
            const dsc_real value = it->from ? values[it->from->offset + c * each + i] : 0;
            to[c * each + i] = value * f->factor[c] + (it->is_bias ? f->offset[c] : 0);
        }
}

void dsc_folded_values(dsc_folded *f, dsc_real *to, const dsc_real *from) {
    memset(to, 0, dsc_graph_value_numbers(f->graph) * sizeof *to);
    for (size_t i = 0; i < f->item_count; i++) fill_item(f, &f->items[i], to + f->items[i].to->offset, from);
}
