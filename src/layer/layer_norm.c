/* SPDX-License-Identifier: MIT */
/* layer_norm.c: layer normalisation with scale (weight) and shift (bias), one of each per channel of an image
 * or per flat value. Formula: op/layer_norm.c. Neither parameter decays. */
#include "layer/layer.h"
#include "op/tables.h"

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    dsc_shape channels = dsc_shape_of(1, x->shape.rank ? x->shape.size[0] : 1, 0, 0, 0);
    dsc_node *weight = dsc_layer_parameter(x, "weight", channels, DSC_INIT_ONES, 1, 1, false);
    dsc_node *bias = dsc_layer_parameter(x, "bias", channels, DSC_INIT_ZEROS, 1, 1, false);
    return dsc_layer_norm(x, weight, bias, ((const dsc_layer_norm_values *)values)->epsilon);
}

const dsc_layer dsc_layer_layer_norm = {
    .name = "layer-norm",
    .help = "normalise the values of each sample, then apply a learned mean and deviation",
    .params = dsc_layer_norm_params,
    .values_size = sizeof(dsc_layer_norm_values),
    .build = build,
};
