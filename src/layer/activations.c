/* SPDX-License-Identifier: MIT */
/* activations.c: layers that apply one function to each value and have no learned parameters. */
#include "layer/layer.h"
#include "op/tables.h"

#define ACTIVATION(name_, text, about, made)                                                                 \
    static dsc_node *build_##name_(dsc_node *x, const void *values, size_t classes) {                        \
        (void)values, (void)classes;                                                                         \
        return made;                                                                                         \
    }                                                                                                        \
    const dsc_layer dsc_layer_##name_ = {.name = text, .help = about, .build = build_##name_};

/* Those of Klambauer et al., "Self-normalizing neural networks" (2017), to the digits of a double. */
#define SELU_ALPHA 1.6732632423543772
#define SELU_GAMMA 1.0507009873554805

ACTIVATION(relu, "relu", "max(x, 0)", dsc_relu(x))
ACTIVATION(relu6, "relu6", "min(max(x, 0), 6)", dsc_clip(x, 0, 6))
ACTIVATION(gelu, "gelu", "x times the probability that a normal variable is below x", dsc_gelu(x))
ACTIVATION(selu, "selu", "1.0507 x if x >= 0, else 1.7581 (exp(x) - 1)",
           dsc_scale(dsc_elu(x, SELU_ALPHA), SELU_GAMMA))
ACTIVATION(silu, "silu", "x sigmoid(x)", dsc_silu(x))
ACTIVATION(sigmoid, "sigmoid", "1 / (1 + exp(-x))", dsc_sigmoid(x))
ACTIVATION(hard_sigmoid, "hard-sigmoid", "x / 6 + 1/2, limited to 0 to 1", dsc_hard_sigmoid(x, 1.0 / 6, 0.5))
ACTIVATION(hard_swish, "hard-swish", "x hard-sigmoid(x)", dsc_mul(x, dsc_hard_sigmoid(x, 1.0 / 6, 0.5)))
ACTIVATION(tanh, "tanh", "the hyperbolic tangent", dsc_tanh(x))

static dsc_node *build_clip(dsc_node *x, const void *values, size_t classes) {
    const dsc_clip_values *v = values;
    (void)classes;
    return dsc_clip(x, v->low, v->high);
}

const dsc_layer dsc_layer_clip = {
    .name = "clip",
    .help = "x, limited to the range from low to high",
    .params = dsc_clip_params,
    .values_size = sizeof(dsc_clip_values),
    .positional = 2,
    .build = build_clip,
};

static dsc_node *build_elu(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return dsc_elu(x, ((const dsc_elu_values *)values)->alpha);
}

const dsc_layer dsc_layer_elu = {
    .name = "elu",
    .help = "x if x >= 0, else alpha (exp(x) - 1)",
    .params = dsc_elu_params,
    .values_size = sizeof(dsc_elu_values),
    .positional = 1,
    .build = build_elu,
};

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
