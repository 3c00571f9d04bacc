/* SPDX-License-Identifier: MIT */
/* pools.c: the largest value, or the average, of windows or of whole channels. */
#include "layer/layer.h"

typedef struct pool_values {
    int64_t size[2], stride[2], padding[2];
} pool_values;

static const dsc_param params[] = {
    {"size", DSC_PARAM_PAIR, offsetof(pool_values, size), "2", 1, 16, NULL, "the window, in pixels"},
    {"stride", DSC_PARAM_PAIR, offsetof(pool_values, stride), "0", 0, 64, NULL,
     "pixels from one window to the next; 0: the window's size"},
    {"padding", DSC_PARAM_PAIR, offsetof(pool_values, padding), "0", 0, 15, NULL,
     "pixels around the image; less than the window"},
    {0}};

typedef dsc_node *pool_op(dsc_node *x, const size_t size[2], const size_t stride[2], const size_t padding[2]);

static dsc_node *build(pool_op *op, dsc_node *x, const pool_values *v) {
    size_t size[2], stride[2], padding[2];
    if (!dsc_layer_takes_images(x, "pooling")) return &x->graph->failed;
    for (size_t i = 0; i < 2; i++) {
        size[i] = (size_t)v->size[i];
        stride[i] = (size_t)(v->stride[i] ? v->stride[i] : v->size[i]);
        padding[i] = (size_t)v->padding[i];
    }
    return op(x, size, stride, padding);
}

static dsc_node *build_max(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return build(dsc_max_pool, x, values);
}

static dsc_node *build_average(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    return build(dsc_average_pool, x, values);
}

const dsc_layer dsc_layer_maxpool = {
    .name = "maxpool",
    .help = "the largest value of each window",
    .params = params,
    .values_size = sizeof(pool_values),
    .positional = 1,
    .build = build_max,
};

const dsc_layer dsc_layer_avgpool = {
    .name = "avgpool",
    .help = "the average of each window",
    .params = params,
    .values_size = sizeof(pool_values),
    .positional = 1,
    .build = build_average,
};

/* --- whole channels: (C, H, W) -> (C), or (2 C) for both, averages first --- */

enum { GLOBAL_AVERAGE, GLOBAL_MAX, GLOBAL_BOTH };

typedef struct global_values {
    int how;
} global_values;

static const dsc_param global_params[] = {{"how", DSC_PARAM_CHOICE, offsetof(global_values, how), "avg", 0, 0,
                                           "avg|max|both",
                                           "the average, the largest value, or one behind the other"},
                                          {0}};

static dsc_node *build_global(dsc_node *x, const void *values, size_t classes) {
    (void)classes;
    if (!dsc_layer_takes_images(x, "globalpool")) return &x->graph->failed;
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

const dsc_layer dsc_layer_globalpool = {
    .name = "globalpool",
    .help = "one number for each channel",
    .params = global_params,
    .values_size = sizeof(global_values),
    .positional = 1,
    .build = build_global,
};
