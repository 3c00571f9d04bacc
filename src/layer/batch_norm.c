/* SPDX-License-Identifier: MIT */
/* batch_norm.c: batch normalisation with scale (weight), shift (bias) and running statistics, named as in
 * PyTorch. Formula: op/batch_norm.c. Neither parameter decays. */
#include "layer/layer.h"
#include "op/tables.h"

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    const dsc_batch_norm_values *v = values;
    dsc_shape channels = dsc_shape_of(1, x->shape.rank ? x->shape.size[0] : 1, 0, 0, 0);
    dsc_node *weight = dsc_layer_parameter(x, "weight", channels, DSC_INIT_ONES, 1, 1, false);
    dsc_node *bias = dsc_layer_parameter(x, "bias", channels, DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *mean = dsc_layer_buffer(x, "running_mean", channels, 0);
    dsc_node *variance = dsc_layer_buffer(x, "running_var", channels, 1);
    return dsc_batch_norm(x, weight, bias, mean, variance, v->momentum, v->epsilon);
}

const dsc_layer dsc_layer_batch_norm = {
    .name = "batch-norm",
    .help = "normalise each channel over the batch, then apply a learned mean and deviation",
    .params = dsc_batch_norm_params,
    .values_size = sizeof(dsc_batch_norm_values),
    .build = build,
};
