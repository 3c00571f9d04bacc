/* SPDX-License-Identifier: MIT */
/* layer.h: a layer is a short composition of ops with its own parameters. Each layer, or family of layers
 * without parameters, is one file that defines a descriptor, plus one line in layers.c. Builders record
 * errors in the graph. */
#ifndef DSC_LAYER_LAYER_H
#define DSC_LAYER_LAYER_H

#include "base/registry.h"
#include "graph/graph.h"

typedef struct dsc_layer {
    const char *name; /* its name in model text, such as "dense" */
    const char *help;
    const dsc_param *params;
    size_t values_size;
    /* The first `positional` parameters of the table may be given without names: "dense 100". */
    size_t positional;
    /* The parameter that is the layer's width, which a search over hidden widths sets. NULL: none. */
    const char *width;
    /* Builds the layer on `x`, which is not a failed node. The graph's current layer has begun ("dense1"), so
     * dsc_layer_parameter creates "dense1.weight". `classes` is the default size of a last layer; 0 if this
     * layer is not the last. */
    dsc_node *(*build)(dsc_node *x, const void *values, size_t classes);
    /* A layer with brackets has no parameters and no `build`. Instead it has an example of its contents,
     * "dense 10 | dense 20", and `join`, which combines the outputs of its branches (separated by '|'). */
    const char *brackets;
    size_t least_branches, most_branches;
    dsc_node *(*join)(dsc_node *x, dsc_node *const *branches, size_t count);
} dsc_layer;

enum { DSC_BRANCHES_MOST = 8 };

extern const dsc_layer *const dsc_layers[]; /* NULL-terminated */
extern const dsc_registry dsc_layer_registry;
const dsc_layer *dsc_layer_find(const char *name);

/* Begins layer "KIND1", "KIND2", ... (a '-' in the kind becomes '_'), builds it on `x`, and ends it. `values`
 * NULL: all defaults. */
dsc_node *dsc_layer_build(const dsc_layer *layer, dsc_node *x, const void *values, size_t classes);

/* Begins the next layer of a kind; end it with dsc_graph_begin_layer(graph, NULL). */
dsc_status dsc_layer_begin(dsc_graph *graph, const char *kind);

/* Add a parameter or buffer called "LAYER.name", where LAYER is the graph's current layer. */
dsc_node *dsc_layer_parameter(dsc_node *x, const char *name, dsc_shape shape, dsc_init init, size_t n_in,
                              size_t n_out, bool decays);
dsc_node *dsc_layer_buffer(dsc_node *x, const char *name, dsc_shape shape, dsc_real initial);

/* Table rows of layers with weights: initialisation and bias. */
#define DSC_LAYER_INIT(values)                                                                               \
    DSC_CHOICE(values, init, "auto", "auto|zeros|ones|he|glorot|tutorial",                                   \
               "initialisation of the weights; auto: he, but glorot for a last dense layer")
#define DSC_LAYER_BIAS(values) DSC_SWITCH(values, bias, "on", "add a learned bias")
/* Resolves that choice; auto means `usual`. */
dsc_init dsc_layer_init(int choice, dsc_init usual);

/* Fails the graph unless x is (C, H, W); `what` names the layer in the message. */
bool dsc_layer_takes_images(dsc_node *x, const char *what);

/* Parameters of the convolutions, and rows of their tables. */
typedef struct dsc_layer_conv_values {
    int64_t channels, kernel[2], stride[2], dilation[2];
    char *padding;
    bool bias;
    int init;
} dsc_layer_conv_values;
#define DSC_LAYER_CHANNELS DSC_INT(dsc_layer_conv_values, channels, NULL, 1, 65536, "outputs per pixel")
#define DSC_LAYER_WINDOW                                                                                     \
    DSC_PAIR(dsc_layer_conv_values, kernel, "3", 1, 64, "height x width in pixels"),                         \
        DSC_PAIR(dsc_layer_conv_values, stride, "1", 1, 64, "pixels between neighbouring outputs"),          \
        DSC_TEXT(dsc_layer_conv_values, padding, "0",                                                        \
                 "pixels of zeros around the image; same: keeps height and width, needs an odd kernel"),     \
        DSC_PAIR(dsc_layer_conv_values, dilation, "1", 1, 64,                                                \
                 "distance in pixels between the kernel's taps")

/* dsc_layer_conv adds a weight (channels, C, height, width) called "PREFIXweight" and an optional bias
 * "PREFIXbias", and convolves. */
typedef struct dsc_conv_shape {
    size_t channels, kernel[2], stride[2], padding[2], dilation[2];
    bool bias;
    dsc_init init;
} dsc_conv_shape;
dsc_node *dsc_layer_conv(dsc_node *x, const char *prefix, const dsc_conv_shape *shape);

/* Converts "same", "1" or "1x2" to pixels. `same` needs an odd kernel and keeps height and width (divided by
 * the stride, rounded up). Returns false if the graph has failed. */
bool dsc_layer_padding(size_t padding[2], dsc_node *x, const char *text, const int64_t kernel[2],
                       const int64_t dilation[2]);

#endif
