/* SPDX-License-Identifier: MIT */
/* dropout.c: in training, sets a random fraction of the values to zero and scales up the others. */
#include "layer/layer.h"
#include "op/tables.h"

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return dsc_dropout(x, ((const dsc_dropout_values *)values)->p);
}

const dsc_layer dsc_layer_dropout = {
    .name = "dropout",
    .help = "set a random share of the values to zero during training",
    .params = dsc_dropout_params,
    .values_size = sizeof(dsc_dropout_values),
    .positional = 1,
    .build = build,
};
