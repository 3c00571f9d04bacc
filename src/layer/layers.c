/* SPDX-License-Identifier: MIT */
/* layers.c: the registry of layers and their shared code. A new layer is one file in this folder and one line
 * here. */
#include "layer/layer.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DSC_LAYERS(LAYER)                                                                                    \
    LAYER(average_pool)                                                                                      \
    LAYER(batch_norm)                                                                                        \
    LAYER(clip)                                                                                              \
    LAYER(conv2d)                                                                                            \
    LAYER(dense)                                                                                             \
    LAYER(depthwise)                                                                                         \
    LAYER(dropout)                                                                                           \
    LAYER(elu)                                                                                               \
    LAYER(flatten)                                                                                           \
    LAYER(gelu)                                                                                              \
    LAYER(global_pool)                                                                                       \
    LAYER(hard_sigmoid)                                                                                      \
    LAYER(hard_swish)                                                                                        \
    LAYER(layer_norm)                                                                                        \
    LAYER(leaky_relu)                                                                                        \
    LAYER(max_pool)                                                                                          \
    LAYER(parallel)                                                                                          \
    LAYER(relu)                                                                                              \
    LAYER(relu6)                                                                                             \
    LAYER(residual)                                                                                          \
    LAYER(se)                                                                                                \
    LAYER(selu)                                                                                              \
    LAYER(separable)                                                                                         \
    LAYER(sigmoid)                                                                                           \
    LAYER(silu)                                                                                              \
    LAYER(tanh)

#define DECLARE(name) extern const dsc_layer dsc_layer_##name;
DSC_LAYERS(DECLARE)

#define ENTRY(name) &dsc_layer_##name,
const dsc_layer *const dsc_layers[] = {DSC_LAYERS(ENTRY) NULL};
DSC_BEGINS_AS_ROW(dsc_layer, params);

static size_t positional(const void *row) { return ((const dsc_layer *)row)->positional; }

static void facts(dsc_text *text, const void *row) {
    const dsc_layer *layer = row;
    if (layer->brackets) dsc_text_append(text, "as in %s(%s)", layer->name, layer->brackets);
}

static const dsc_older_name older_names[] = {
    {"maxpool", "max-pool"}, {"avgpool", "average-pool"}, {"globalpool", "global-pool"}, {0}};

const dsc_registry dsc_layer_registry = {
    .thing = "layer",
    .things = "layers",
    .about = "Parts of a model's text, separated by commas, as in --model 'conv 32 3x3, relu, max-pool 2, "
             "flatten, dense'. The names of parameters in [] may be omitted if the values are in this order.",
    .rows = dsc_layers,
    .older = older_names,
    .positional = positional,
    .facts = facts,
};

const dsc_layer *dsc_layer_find(const char *name) {
    return (const void *)dsc_registry_find(&dsc_layer_registry, name);
}

enum { NAME_MOST = 48 };

/* The largest n among the layers "KINDn" so far. */
static size_t last_number(const dsc_graph *graph, const char *kind) {
    size_t length = strlen(kind), last = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const char *layer = graph->nodes[i]->layer;
        if (!layer || strncmp(layer, kind, length) != 0) continue;
        int64_t number;
        if (dsc_parse_integer(&number, layer + length) && number > 0 && (size_t)number > last)
            last = (size_t)number;
    }
    return last;
}

dsc_status dsc_layer_begin(dsc_graph *graph, const char *kind) {
    char name[NAME_MOST], numbered[NAME_MOST + 24];
    (void)snprintf(name, sizeof name, "%s", kind);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    (void)snprintf(numbered, sizeof numbered, "%s%zu", name, last_number(graph, name) + 1);
    return dsc_graph_begin_layer(graph, numbered);
}

dsc_node *dsc_layer_build(const dsc_layer *layer, dsc_node *x, const void *values, size_t classes) {
    dsc_graph *graph = dsc_node_graph(x);
    if (!graph || graph->error.code) return graph ? &graph->failed : NULL;
    if (dsc_layer_begin(graph, layer->name)) return &graph->failed;
    void *defaults = NULL;
    dsc_error reason;
    if (!values) {
        values = defaults = dsc_allocate(1, layer->values_size);
        if (!defaults || dsc_params_initialise(layer->params, defaults, &reason))
            dsc_graph_fail(graph, DSC_ERROR_MEMORY, "out of memory");
    }
    dsc_node *y = graph->error.code ? &graph->failed : layer->build(x, values, classes);
    if (defaults) dsc_params_free(layer->params, defaults);
    free(defaults);
    if (dsc_graph_begin_layer(graph, NULL)) return &graph->failed;
    return y;
}

static bool full_name(char out[2 * NAME_MOST], dsc_graph *graph, const char *name) {
    int length = snprintf(out, 2 * (size_t)NAME_MOST, "%s.%s", graph->layer ? graph->layer : "layer", name);
    if (length > 0 && length < 2 * NAME_MOST) return true;
    dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "the name '%s' is too long", name);
    return false;
}

dsc_node *dsc_layer_parameter(dsc_node *x, const char *name, dsc_shape shape, dsc_init init, size_t n_in,
                              size_t n_out, bool decays) {
    dsc_graph *graph = dsc_node_graph(x);
    char full[2 * NAME_MOST];
    if (graph->error.code || !full_name(full, graph, name)) return &graph->failed;
    return dsc_parameter(graph, full, shape, init, n_in, n_out, decays);
}

dsc_node *dsc_layer_buffer(dsc_node *x, const char *name, dsc_shape shape, dsc_real initial) {
    dsc_graph *graph = dsc_node_graph(x);
    char full[2 * NAME_MOST];
    if (graph->error.code || !full_name(full, graph, name)) return &graph->failed;
    return dsc_buffer(graph, full, shape, initial);
}

dsc_init dsc_layer_init(int choice, dsc_init usual) {
    static const dsc_init meanings[] = {DSC_INIT_ZEROS, DSC_INIT_ONES, DSC_INIT_HE, DSC_INIT_GLOROT,
                                        DSC_INIT_TUTORIAL};
    return choice >= 1 && choice <= 5 ? meanings[choice - 1] : usual;
}

bool dsc_layer_takes_images(dsc_node *x, const char *what) {
    char text[96];
    if (x->shape.rank == 3) return true;
    dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT, "%s needs images (C, H, W), found values of shape %s%s",
                   what, dsc_shape_format(text, &x->shape),
                   x->shape.rank == 1 ? "; put it before flatten, global-pool and dense" : "");
    return false;
}
