/* SPDX-License-Identifier: MIT */
/* graph.h: the nodes of a graph, in order of creation, which is also an order of execution.
 *
 * Errors are recorded in the graph: after the first one every builder returns the failed node. Building is
 * not thread-safe; a complete graph may be read by any number of threads. */
#ifndef DSC_GRAPH_GRAPH_H
#define DSC_GRAPH_GRAPH_H

#include <descender.h>

/* More would make building slow, since names are compared with each other. */
enum { DSC_NODES_MOST = 1 << 14 };

/* The limits of least_inputs, most_inputs and outputs of a dsc_op. */
enum { DSC_INPUTS_MOST = 16, DSC_OUTPUTS_MOST = 4 };

typedef enum dsc_node_kind {
    DSC_NODE_INPUT,
    DSC_NODE_PARAMETER,
    DSC_NODE_BUFFER,
    DSC_NODE_OP,
    DSC_NODE_OUTPUT, /* a further output of the op inputs[0] */
    DSC_NODE_FAILED
} dsc_node_kind;

struct dsc_node {
    dsc_graph *graph;
    dsc_node_kind kind;
    size_t index;
    dsc_shape shape;
    char *name;  /* inputs, parameters and buffers: unique in the graph; otherwise NULL */
    char *layer; /* the layer that created it, or NULL */

    /* parameters and buffers: offset in the slab, in elements */
    size_t offset;
    dsc_init init;
    size_t n_in, n_out;
    bool decays;
    bool frozen; /* parameters: not trained; buffers: not updated if all of the op's are frozen */
    double rate; /* parameters: factor of the learning rate */
    dsc_real initial;

    /* ops */
    const dsc_op *op;
    dsc_op *own_op; /* a full-size copy if `op` comes from an older header and is shorter; or NULL */
    void *values;
    size_t input_count, output; /* output: its index, for DSC_NODE_OUTPUT */
    dsc_node **inputs;
    dsc_shape *in_shapes, *out_shapes; /* as the op sees them */
    dsc_role *roles;
    double multiply_adds; /* of one sample's forward pass */
};

struct dsc_graph {
    dsc_node **nodes;
    size_t count, capacity;
    dsc_node failed;
    dsc_error error;
    size_t parameters, values; /* elements in the slab: of parameters only; including buffers */
    char *layer;               /* set while a layer is being built */
};

/* The slab: parameters in order of creation, then buffers. Each starts at a multiple of 16 elements; gaps are
 * zero. */
size_t dsc_graph_parameter_numbers(const dsc_graph *graph); /* end of the parameters in the slab */
size_t dsc_graph_value_numbers(const dsc_graph *graph);     /* size of the slab */
void dsc_graph_place_values(dsc_graph *graph);              /* sets every offset */

/* Fills a slab with initial values. They come from Philox, keyed by (seed, initialisation stream) with the
 * parameter's index as the counter, so they do not depend on other parameters. */
void dsc_graph_initialise(const dsc_graph *graph, dsc_real *slab, uint64_t seed);

/* Sets the layer name of nodes created from now on (NULL: none). Returns DSC_OK, or DSC_ERROR_MEMORY, which
 * is also recorded in the graph. */
dsc_status dsc_graph_begin_layer(dsc_graph *graph, const char *layer);

/* Changes the shape of an input and infers the shapes of all later nodes. If an op refuses, for example
 * because a parameter does not fit, the graph stays unchanged. Earlier programs of the graph become
 * invalid. */
dsc_status dsc_input_reshape(dsc_node *input, dsc_shape shape, dsc_error *error);

/* Writes a shape such as "(32, 26, 26)" to a buffer of at least 96 bytes; returns `out`. */
char *dsc_shape_format(char *out, const dsc_shape *shape);
bool dsc_shape_equal(const dsc_shape *a, const dsc_shape *b);

/* Whether the node is a parameter or a buffer. */
bool dsc_node_has_numbers(const dsc_node *node);

/* Whether the op behaves as in training while its graph is trained. False if the op has buffers and all of
 * them are frozen. */
bool dsc_node_trains(const dsc_node *node);

/* Whether each sample has its own value (inputs and results of ops). */
bool dsc_node_is_sampled(const dsc_node *node);

#endif
