/* SPDX-License-Identifier: MIT */
/* layer.h: layers own parameters; a layer is a short composition of ops. One file a layer (or a family of
 * layers without parameters), which ends in a descriptor, and one line in layers.c. */
#ifndef DSC_LAYER_LAYER_H
#define DSC_LAYER_LAYER_H

#include "base/registry.h"
#include "graph/graph.h"

typedef struct dsc_layer {
    const char *name; /* as model text has it: "dense" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    /* The first `positional` parameters of the table may be given without their names: "dense 100". */
    size_t positional;
    /* The parameter that is its width: what a search for the widths of hidden layers sets. NULL: none. */
    const char *width;
    /* Builds the layer on `x`, which is no failed node. The graph's current layer has begun ("dense1");
     * dsc_layer_parameter makes "dense1.weight". `classes` is what a last layer without a size takes; 0 if
     * this is not the last. */
    dsc_node *(*build)(dsc_node *x, const void *values, size_t classes);
    /* A layer with brackets has no parameters and no build, but an example of what stands between them,
     * "dense 10 | dense 20", and joins what its branches, divided by '|', made of x. */
    const char *brackets;
    size_t least_branches, most_branches;
    dsc_node *(*join)(dsc_node *x, dsc_node *const *branches, size_t count);
} dsc_layer;

enum { DSC_BRANCHES_MOST = 8 };

extern const dsc_layer *const dsc_layers[]; /* NULL ends them */
extern const dsc_registry dsc_layer_registry;
const dsc_layer *dsc_layer_find(const char *name);

/* Begins the layer "KIND1", "KIND2", ... (a '-' in `kind` becomes '_'), builds it on `x`, and ends it.
 * `values` NULL: all defaults. */
dsc_node *dsc_layer_build(const dsc_layer *layer, dsc_node *x, const void *values, size_t classes);

/* Begins the next layer of a kind; end it with dsc_graph_begin_layer(graph, NULL). */
dsc_status dsc_layer_begin(dsc_graph *graph, const char *kind);

/* Parameters and buffers called "LAYER.name", LAYER being the graph's current layer. */
dsc_node *dsc_layer_parameter(dsc_node *x, const char *name, dsc_shape shape, dsc_init init, size_t n_in,
                              size_t n_out, bool decays);
dsc_node *dsc_layer_buffer(dsc_node *x, const char *name, dsc_shape shape, dsc_real initial);

/* What a layer with weights has in its table: how they start. */
#define DSC_LAYER_INIT(values)                                                                               \
    DSC_CHOICE(values, init, "auto", "auto|zeros|ones|he|glorot|tutorial",                                   \
               "how the weights start; auto: he, and glorot for a last dense layer")
#define DSC_LAYER_BIAS(values) DSC_SWITCH(values, bias, "on", "add a learned bias")
/* The meaning of that choice; `usual` is that of auto. */
dsc_init dsc_layer_init(int choice, dsc_init usual);

/* Fails the graph unless x is (C, H, W); `what` is the layer, for the message. */
bool dsc_layer_takes_images(dsc_node *x, const char *what);

/* What the convolutions take, and rows of their tables. */
typedef struct dsc_layer_conv_values {
    int64_t channels, kernel[2], stride[2], dilation[2];
    char *padding;
    bool bias;
    int init;
} dsc_layer_conv_values;
#define DSC_LAYER_CHANNELS DSC_INT(dsc_layer_conv_values, channels, NULL, 1, 65536, "outputs a pixel")
#define DSC_LAYER_WINDOW                                                                                     \
    DSC_PAIR(dsc_layer_conv_values, kernel, "3", 1, 64, "height x width in pixels"),                         \
        DSC_PAIR(dsc_layer_conv_values, stride, "1", 1, 64, "pixels from one output to the next"),           \
        DSC_TEXT(dsc_layer_conv_values, padding, "0",                                                        \
                 "zeros around the image, in pixels, or same: an odd kernel then keeps height and width"),   \
        DSC_PAIR(dsc_layer_conv_values, dilation, "1", 1, 64, "pixels between those the kernel looks at")

/* A weight (channels, C, height, width) called "PREFIXweight", and a bias "PREFIXbias" if wanted; their
 * convolution. */
typedef struct dsc_conv_shape {
    size_t channels, kernel[2], stride[2], padding[2], dilation[2];
    bool bias;
    dsc_init init;
} dsc_conv_shape;
dsc_node *dsc_layer_conv(dsc_node *x, const char *prefix, const dsc_conv_shape *shape);

/* "same", "1" or "1x2" as pixels: `same` keeps height and width (divided by the stride, rounded up), which
 * needs an odd kernel. False: the graph has failed. */
bool dsc_layer_padding(size_t padding[2], dsc_node *x, const char *text, const int64_t kernel[2],
                       const int64_t dilation[2]);

#endif
