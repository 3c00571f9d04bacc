/* SPDX-License-Identifier: MIT */
/* conv.c: a convolution with weight (channels, C, height, width) and bias (channels). Formula:
 * op/conv2d.c. */
#include "layer/layer.h"

#include "base/error.h"
#include "base/param.h"

#include <stdio.h>
#include <string.h>

static const dsc_param params[] = {
    DSC_LAYER_CHANNELS,
    DSC_LAYER_WINDOW,
    DSC_LAYER_BIAS(dsc_layer_conv_values),
    DSC_LAYER_INIT(dsc_layer_conv_values),
    {0},
};

bool dsc_layer_padding(size_t padding[2], dsc_node *x, const char *text, const int64_t kernel[2],
                       const int64_t dilation[2]) {
    static const dsc_param pair = {
        "padding", DSC_PARAM_PAIR, 0, "0", 0, 64, NULL, "pixels of zeros around the image, or same"};
    int64_t parsed[2] = {0, 0};
    dsc_error reason;
    if (text && !strcmp(text, "same")) {
        for (size_t i = 0; i < 2; i++) {
            int64_t reach = dilation[i] * (kernel[i] - 1);
            if (reach % 2) {
                dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                               "padding=same needs an odd kernel, found %dx%d; use an odd kernel, or give "
                               "the padding in pixels",
                               (int)kernel[0], (int)kernel[1]);
                return false;
            }
            parsed[i] = reach / 2;
        }
    } else if (text && dsc_param_parse(&pair, parsed, text, &reason)) {
        dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT, "%s; or 'same'", reason.message);
        return false;
    }
    for (size_t i = 0; i < 2; i++) padding[i] = (size_t)parsed[i];
    return true;
}

dsc_node *dsc_layer_conv(dsc_node *x, const char *prefix, const dsc_conv_shape *s) {
    char name[64];
    size_t inputs = x->shape.size[0], pixels = s->kernel[0] * s->kernel[1];
    (void)snprintf(name, sizeof name, "%sweight", prefix);
    dsc_node *weight =
        dsc_layer_parameter(x, name, dsc_shape_of(4, s->channels, inputs, s->kernel[0], s->kernel[1]),
                            s->init, inputs * pixels, s->channels * pixels, true);
    (void)snprintf(name, sizeof name, "%sbias", prefix);
    dsc_node *bias = s->bias
                         ? dsc_layer_parameter(x, name, dsc_shape_of(1, s->channels, 0, 0, 0), DSC_INIT_ZEROS,
                                               inputs * pixels, s->channels * pixels, false)
                         : NULL;
    return dsc_conv2d(x, weight, bias, s->stride, s->padding, s->dilation);
}

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    const dsc_layer_conv_values *v = values;
    dsc_conv_shape shape = {
        .channels = (size_t)v->channels, .bias = v->bias, .init = dsc_layer_init(v->init, DSC_INIT_HE)};
    if (!dsc_layer_takes_images(x, "a convolution") ||
        !dsc_layer_padding(shape.padding, x, v->padding, v->kernel, v->dilation))
        return &x->graph->failed;
    if (v->channels < 1)
        return dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                              "a convolution needs its number of channels, as in 'conv 32 3x3'");
    for (size_t i = 0; i < 2; i++) {
        shape.kernel[i] = (size_t)v->kernel[i];
        shape.stride[i] = (size_t)v->stride[i];
        shape.dilation[i] = (size_t)v->dilation[i];
    }
    return dsc_layer_conv(x, "", &shape);
}

const dsc_layer dsc_layer_conv2d = {
    .name = "conv",
    .help = "convolution: each output pixel is a weighted sum over all channels of the pixels around it",
    .params = params,
    .values_size = sizeof(dsc_layer_conv_values),
    .positional = 2,
    .build = build,
};

dsc_node *dsc_conv(dsc_node *x, size_t channels, size_t kernel, size_t stride, size_t padding) {
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", padding);
    return dsc_layer_build(&dsc_layer_conv2d, x,
                           &(dsc_layer_conv_values){.channels = (int64_t)channels,
                                                    .kernel = {(int64_t)kernel, (int64_t)kernel},
                                                    .stride = {(int64_t)stride, (int64_t)stride},
                                                    .dilation = {1, 1},
                                                    .padding = text,
                                                    .bias = true},
                           0);
}
