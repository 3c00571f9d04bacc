/* SPDX-License-Identifier: MIT */
/* graph.h: what a graph is made of. Nodes stand in the order of their making, which is an order of
 * execution. */
#ifndef DSC_GRAPH_GRAPH_H
#define DSC_GRAPH_GRAPH_H

#include <descender.h>

typedef enum dsc_node_kind {
    DSC_NODE_INPUT,
    DSC_NODE_PARAMETER,
    DSC_NODE_BUFFER,
    DSC_NODE_OP,
    DSC_NODE_OUTPUT, /* a further output of the op of inputs[0] */
    DSC_NODE_FAILED
} dsc_node_kind;

struct dsc_node {
    dsc_graph *graph;
    dsc_node_kind kind;
    size_t index;
    dsc_shape shape;
    char *name;  /* inputs, parameters and buffers: unique in the graph; else NULL */
    char *layer; /* the layer that made it, or NULL */

    /* parameters and buffers: where the value starts in the slab of all, counted in numbers */
    size_t offset;
    dsc_init init;
    size_t n_in, n_out;
    bool decays;
    bool frozen; /* not to be learned, nor moved */
    double rate; /* parameters: the learning rate is multiplied with it */
    dsc_real initial;

    /* ops */
    const dsc_op *op;
    dsc_op *own_op; /* a whole one in place of a shorter one, of an older header; or NULL */
    void *values;
    size_t input_count, output; /* output: which one, for DSC_NODE_OUTPUT */
    dsc_node **inputs;
    dsc_shape *in_shapes, *out_shapes; /* as the op sees them */
    dsc_role *roles;
    double multiply_adds; /* for one sample, forward */
};

struct dsc_graph {
    dsc_node **nodes;
    size_t count, capacity;
    dsc_node failed;
    dsc_error error;
    size_t parameters, values; /* numbers in the slab: of parameters alone, and of buffers behind them too */
    char *layer;               /* set while a layer is being built */
};

/* The slab: parameters in the order of their making, then buffers; each starts at a multiple of 16 numbers,
 * and the gaps are zero. */
size_t dsc_graph_parameter_numbers(const dsc_graph *graph); /* up to where parameters go in the slab */
size_t dsc_graph_value_numbers(const dsc_graph *graph);     /* the whole slab */
void dsc_graph_place_values(dsc_graph *graph);              /* sets every offset */

/* Fills a slab with the starting values, from Philox keyed by (seed, stream of initial values) and counted by
 * the parameter's number: the same whatever else the graph holds before it. */
void dsc_graph_initialise(const dsc_graph *graph, dsc_real *slab, uint64_t seed);

/* Nodes made from now on carry this layer name (NULL: none); DSC_OK or out of memory, which also sticks. */
dsc_status dsc_graph_begin_layer(dsc_graph *graph, const char *layer);

/* Gives an input another shape, and each node after it the shape that follows. If an op refuses,
 * as one whose parameters have no such shape does, the graph stays as it was. Programs that were made before
 * do not fit it any more. */
dsc_status dsc_input_reshape(dsc_node *input, dsc_shape shape, dsc_error *error);

/* "(32, 26, 26)" into a buffer of at least 96 bytes. */
char *dsc_shape_format(char *out, const dsc_shape *shape);
bool dsc_shape_equal(const dsc_shape *a, const dsc_shape *b);

/* Is it a parameter or a buffer? */
bool dsc_node_has_numbers(const dsc_node *node);

/* Whether an op behaves as in training where its graph is trained: not if it has buffers, and all of them are
 * frozen. */
bool dsc_node_trains(const dsc_node *node);

/* Is the value one of each sample? (Inputs and what ops make.) */
bool dsc_node_is_sampled(const dsc_node *node);

#endif
