/* SPDX-License-Identifier: MIT */
/* depthwise.c: depthwise convolution (one kernel per channel), and separable convolution: a depthwise
 * convolution followed by a 1 x 1 convolution that mixes the channels; Howard et al., "MobileNets" (2017),
 * section 3.1. */
#include "layer/layer.h"

#include <stdio.h>

static const dsc_param params[] = {
    DSC_LAYER_WINDOW,
    DSC_LAYER_BIAS(dsc_layer_conv_values),
    DSC_LAYER_INIT(dsc_layer_conv_values),
    {0},
};

/* Adds parameters "PREFIXweight" (C, 1, R, S) and "PREFIXbias" (C), and convolves. */
static dsc_node *convolve(dsc_node *x, const char *prefix, const dsc_layer_conv_values *v) {
    size_t kernel[2], stride[2], padding[2], dilation[2], channels = x->shape.size[0];
    char name[64];
    if (!dsc_layer_padding(padding, x, v->padding, v->kernel, v->dilation)) return &x->graph->failed;
    for (size_t i = 0; i < 2; i++) {
        kernel[i] = (size_t)v->kernel[i];
        stride[i] = (size_t)v->stride[i];
        dilation[i] = (size_t)v->dilation[i];
    }
    size_t pixels = kernel[0] * kernel[1];
    (void)snprintf(name, sizeof name, "%sweight", prefix);
    dsc_node *weight = dsc_layer_parameter(x, name, dsc_shape_of(4, channels, 1, kernel[0], kernel[1]),
                                           dsc_layer_init(v->init, DSC_INIT_HE), pixels, pixels, true);
    (void)snprintf(name, sizeof name, "%sbias", prefix);
    dsc_node *bias = v->bias ? dsc_layer_parameter(x, name, dsc_shape_of(1, channels, 0, 0, 0),
                                                   DSC_INIT_ZEROS, pixels, pixels, false)
                             : NULL;
    return dsc_depthwise_conv2d(x, weight, bias, stride, padding, dilation);
}

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return dsc_layer_takes_images(x, "a depthwise convolution") ? convolve(x, "", values) : &x->graph->failed;
}

const dsc_layer dsc_layer_depthwise = {
    .name = "depthwise",
    .help = "convolution of each channel with its own kernel",
    .params = params,
    .values_size = sizeof(dsc_layer_conv_values),
    .positional = 1,
    .build = build,
};

/* --- separable --- */

static const dsc_param separable_params[] = {
    DSC_LAYER_CHANNELS,
    DSC_LAYER_WINDOW,
    DSC_LAYER_BIAS(dsc_layer_conv_values),
    DSC_LAYER_INIT(dsc_layer_conv_values),
    {0},
};

static dsc_node *build_separable(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    const dsc_layer_conv_values *v = values;
    if (!dsc_layer_takes_images(x, "a separable convolution")) return &x->graph->failed;
    if (v->channels < 1)
        return dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                              "a convolution needs its number of channels, as in 'separable 64 3x3'");
    dsc_node *each = convolve(x, "depthwise.", v);
    dsc_conv_shape shape = {.channels = (size_t)v->channels,
                            .kernel = {1, 1},
                            .stride = {1, 1},
                            .dilation = {1, 1},
                            .bias = v->bias,
                            .init = dsc_layer_init(v->init, DSC_INIT_HE)};
    return x->graph->error.code ? &x->graph->failed : dsc_layer_conv(each, "pointwise.", &shape);
}

const dsc_layer dsc_layer_separable = {
    .name = "separable",
    .help = "separable convolution: each channel by itself, then the channels at each pixel",
    .params = separable_params,
    .values_size = sizeof(dsc_layer_conv_values),
    .positional = 2,
    .build = build_separable,
};
