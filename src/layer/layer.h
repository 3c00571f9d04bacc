/* SPDX-License-Identifier: MIT */
/* layer.h: layers own parameters; a layer is a short composition of ops. One file a layer, which ends in one
 * descriptor, and one line in layers.c. */
#ifndef DSC_LAYER_LAYER_H
#define DSC_LAYER_LAYER_H

#include "graph/graph.h"

typedef struct dsc_layer {
    const char *name; /* as model text has it: "dense" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    /* The first `positional` parameters of the table may be given without their names: "dense 100". */
    size_t positional;
    /* Builds the layer on `x`. Names of parameters start with the layer's, which the caller has begun with
     * dsc_graph_begin_layer ("dense1"): dsc_layer_parameter makes "dense1.weight". `classes` is what a
     * last layer without a size takes; 0 if this is not the last. */
    dsc_node *(*build)(dsc_node *x, const void *values, size_t classes);
} dsc_layer;

extern const dsc_layer *const dsc_layers[]; /* NULL ends them */
const dsc_layer *dsc_layer_find(const char *name);

/* Parameters and buffers called "LAYER.name", LAYER being the graph's current layer. */
dsc_node *dsc_layer_parameter(dsc_node *x, const char *name, dsc_shape shape, dsc_init init, size_t n_in,
                              size_t n_out, bool decays);
dsc_node *dsc_layer_buffer(dsc_node *x, const char *name, dsc_shape shape, dsc_real initial);

#endif
