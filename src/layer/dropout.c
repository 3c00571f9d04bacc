/* SPDX-License-Identifier: MIT */
/* dropout.c: while training, a random share of the values is zero and the others are scaled up. */
#include "layer/layer.h"

typedef struct dropout_values {
    double p;
} dropout_values;

static const dsc_param params[] = {
    {"p", DSC_PARAM_REAL, offsetof(dropout_values, p), "0.5", 0, 0.999, NULL, "the share of units dropped"},
    {0}};

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return dsc_dropout(x, ((const dropout_values *)values)->p);
}

const dsc_layer dsc_layer_dropout = {
    .name = "dropout",
    .help = "while training, a random share of the values is zero",
    .params = params,
    .values_size = sizeof(dropout_values),
    .positional = 1,
    .build = build,
};
