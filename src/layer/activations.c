/* SPDX-License-Identifier: MIT */
/* activations.c: layers that apply one function to each value and have no learned parameters. */
#include "layer/layer.h"
#include "op/tables.h"

#define ACTIVATION(name_, text, about)                                                                       \
    static dsc_node *build_##name_(dsc_node *x, const void *values, size_t classes) {                        \
        (void)values, (void)classes;                                                                         \
        return dsc_##name_(x);                                                                               \
    }                                                                                                        \
    const dsc_layer dsc_layer_##name_ = {.name = text, .help = about, .build = build_##name_};

ACTIVATION(relu, "relu", "max(x, 0)")
ACTIVATION(gelu, "gelu", "x times the probability that a normal variable is below x")
ACTIVATION(silu, "silu", "x sigmoid(x)")
ACTIVATION(sigmoid, "sigmoid", "1 / (1 + exp(-x))")
ACTIVATION(tanh, "tanh", "the hyperbolic tangent")

static dsc_node *build_leaky_relu(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return dsc_leaky_relu(x, ((const dsc_leaky_relu_values *)values)->slope);
}

const dsc_layer dsc_layer_leaky_relu = {
    .name = "leaky-relu",
    .help = "x if x > 0, else slope x",
    .params = dsc_leaky_relu_params,
    .values_size = sizeof(dsc_leaky_relu_values),
    .positional = 1,
    .build = build_leaky_relu,
};
