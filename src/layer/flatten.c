/* SPDX-License-Identifier: MIT */
/* flatten.c: reshapes (C, H, W) to a row of C H W values. */
#include "layer/layer.h"

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)values, (void)classes;
    return dsc_flatten(x);
}

const dsc_layer dsc_layer_flatten = {
    .name = "flatten", .help = "arrange all values of a sample in one row", .build = build};
