/* SPDX-License-Identifier: MIT */
/* pools.c: maximum and average of windows or of whole channels. */
#include "layer/layer.h"
#include "op/window.h"

extern const dsc_op dsc_op_average_pool, dsc_op_max_pool;

static dsc_node *build(const dsc_op *op, dsc_node *x, const void *values) {
    if (!dsc_layer_takes_images(x, "pooling")) return &x->graph->failed;
    dsc_pool_values v = *(const dsc_pool_values *)values;
    for (size_t i = 0; i < 2; i++)
        if (!v.stride[i]) v.stride[i] = v.size[i]; /* model files name the stride explicitly */
    return dsc_apply(op, (dsc_node *[]){x}, 1, &v);
}

static dsc_node *build_max(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return build(&dsc_op_max_pool, x, values);
}

static dsc_node *build_average(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return build(&dsc_op_average_pool, x, values);
}

const dsc_layer dsc_layer_max_pool = {
    .name = "max-pool",
    .help = "the largest value of each window",
    .params = dsc_pool_params,
    .values_size = sizeof(dsc_pool_values),
    .positional = 1,
    .build = build_max,
};

const dsc_layer dsc_layer_average_pool = {
    .name = "average-pool",
    .help = "the average of each window",
    .params = dsc_pool_params,
    .values_size = sizeof(dsc_pool_values),
    .positional = 1,
    .build = build_average,
};

/* --- whole channels: (C, H, W) -> (C), or (2 C) for both, averages first --- */

enum { GLOBAL_AVERAGE, GLOBAL_MAX, GLOBAL_BOTH };

typedef struct global_values {
    int how;
} global_values;

static const dsc_param global_params[] = {
    DSC_CHOICE(global_values, how, "avg", "avg|max|both",
               "the average, the largest value, or both concatenated"),
    {0},
};

static dsc_node *build_global(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    if (!dsc_layer_takes_images(x, "global-pool")) return &x->graph->failed;
    switch (((const global_values *)values)->how) {
    case GLOBAL_MAX:
        return dsc_global_max_pool(x);
    case GLOBAL_BOTH: {
        dsc_node *average = dsc_global_average_pool(x);
        return dsc_concat((dsc_node *[]){average, dsc_global_max_pool(x)}, 2);
    }
    default:
        return dsc_global_average_pool(x);
    }
}

const dsc_layer dsc_layer_global_pool = {
    .name = "global-pool",
    .help = "reduce each channel to one number",
    .params = global_params,
    .values_size = sizeof(global_values),
    .positional = 1,
    .build = build_global,
};
