/* SPDX-License-Identifier: MIT */
/* my_thing.c: a gate, y = x sigmoid(x weight^T + bias). x (K), weight (K, K), bias (K), y (K). Source: none,
 * it is an example. */
#include "layer/layer.h"

typedef struct values {
    bool bias;
    int init;
} values;

static const dsc_param params[] = {DSC_LAYER_BIAS(values), DSC_LAYER_INIT(values), {0}};

static dsc_node *build(dsc_node *x, const void *of, size_t classes) {
    (void)classes;
    const values *v = of;
    char text[96];
    if (x->shape.rank != 1)
        return dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                              "my-thing needs flat values, found %s; put 'flatten' before it",
                              dsc_shape_format(text, &x->shape));
    const size_t k = x->shape.size[0];
    dsc_node *weight = dsc_layer_parameter(x, "weight", dsc_shape_of(2, k, k, 0, 0),
                                           dsc_layer_init(v->init, DSC_INIT_GLOROT), k, k, true);
    dsc_node *bias = v->bias ? dsc_layer_parameter(x, "bias", x->shape, DSC_INIT_ZEROS, k, k, false) : NULL;
    return dsc_mul(x, dsc_sigmoid(dsc_matmul(x, weight, bias)));
}

const dsc_layer dsc_layer_my_thing = {
    .name = "my-thing",
    .help = "each value is let through as far as all of them decide",
    .params = params,
    .values_size = sizeof(values),
    .build = build,
};
