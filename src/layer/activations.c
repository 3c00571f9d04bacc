/* SPDX-License-Identifier: MIT */
/* activations.c: the layers that are one function of each value, without parameters of their own. */
#include "layer/layer.h"

static dsc_node *build_relu(dsc_node *x, const void *values, size_t classes) {
    (void)values, (void)classes;
    return dsc_relu(x);
}

const dsc_layer dsc_layer_relu = {.name = "relu", .help = "max(x, 0)", .build = build_relu};
