/* SPDX-License-Identifier: MIT */
/* se.c: squeeze and excite: weights each channel by a function of all channels; Hu et al.,
 * "Squeeze-and-excitation networks" (2018), section 3.
 *
 *   s = average of each channel (C)        y = x sigmoid(expand relu(reduce s)), C / reduction hidden
 * units */
#include "layer/layer.h"

typedef struct se_values {
    int64_t reduction;
} se_values;

static const dsc_param params[] = {
    DSC_INT(se_values, reduction, "16", 1, 1024, "channels per hidden unit; there is at least one unit"),
    {0},
};

static dsc_node *dense(dsc_node *x, const char *weight, const char *bias, size_t units, dsc_init init) {
    size_t inputs = x->shape.size[0];
    dsc_node *w =
        dsc_layer_parameter(x, weight, dsc_shape_of(2, units, inputs, 0, 0), init, inputs, units, true);
    dsc_node *b =
        dsc_layer_parameter(x, bias, dsc_shape_of(1, units, 0, 0, 0), DSC_INIT_ZEROS, inputs, units, false);
    return dsc_matmul(x, w, b);
}

static dsc_node *build(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    if (!dsc_layer_takes_images(x, "squeeze and excite")) return &x->graph->failed;
    size_t channels = x->shape.size[0], units = channels / (size_t)((const se_values *)values)->reduction;
    dsc_node *squeezed = dsc_global_average_pool(x);
    if (x->graph->error.code) return &x->graph->failed;
    dsc_node *reduced =
        dsc_relu(dense(squeezed, "reduce.weight", "reduce.bias", units ? units : 1, DSC_INIT_HE));
    if (x->graph->error.code) return &x->graph->failed;
    return dsc_mul(x, dsc_sigmoid(dense(reduced, "expand.weight", "expand.bias", channels, DSC_INIT_GLOROT)));
}

const dsc_layer dsc_layer_se = {
    .name = "se",
    .help = "squeeze and excite: weigh each channel by a function of all channels",
    .params = params,
    .values_size = sizeof(se_values),
    .positional = 1,
    .build = build,
};
