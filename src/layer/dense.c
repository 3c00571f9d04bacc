/* SPDX-License-Identifier: MIT */
/* dense.c: y = x weight^T + bias; x (K), weight (units, K), bias (units), y (units). */
#include "layer/layer.h"

typedef struct dense_values {
    int64_t units;
    bool bias;
    int init;
} dense_values;

static const dsc_param params[] = {
    DSC_INT(dense_values, units, "0", 0, 1 << 20,
            "number of outputs; default for the last layer: the number of classes"),
    DSC_LAYER_BIAS(dense_values),
    DSC_LAYER_INIT(dense_values),
    {0},
};

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    const dense_values *v = values;
    size_t units = v->units ? (size_t)v->units : classes;
    char text[96];
    if (!units)
        return dsc_graph_fail(
            x->graph, DSC_ERROR_ARGUMENT,
            "a dense layer that is not the last needs its number of units, as in 'dense 100'");
    if (x->shape.rank != 1)
        return dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                              "dense needs flat values, found %s; put 'flatten' before it",
                              dsc_shape_format(text, &x->shape));
    size_t inputs = x->shape.size[0];
    dsc_init init = dsc_layer_init(v->init, classes ? DSC_INIT_GLOROT : DSC_INIT_HE);
    dsc_node *weight =
        dsc_layer_parameter(x, "weight", dsc_shape_of(2, units, inputs, 0, 0), init, inputs, units, true);
    dsc_node *bias = v->bias ? dsc_layer_parameter(x, "bias", dsc_shape_of(1, units, 0, 0, 0), DSC_INIT_ZEROS,
                                                   inputs, units, false)
                             : NULL;
    return dsc_matmul(x, weight, bias);
}

const dsc_layer dsc_layer_dense = {
    .name = "dense",
    .help = "fully connected: every output depends on every input",
    .params = params,
    .values_size = sizeof(dense_values),
    .positional = 1,
    .width = "units",
    .build = build,
};

dsc_node *dsc_dense(dsc_node *x, size_t units) {
    return dsc_layer_build(&dsc_layer_dense, x, &(dense_values){.units = (int64_t)units, .bias = true}, 0);
}
