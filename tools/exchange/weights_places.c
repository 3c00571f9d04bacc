/* SPDX-License-Identifier: MIT */
/* weights_places.c: checks whether an array has the shape of a parameter, and the order of its numbers. */
#include "exchange/weights.h"

#include "graph/graph.h"

#include <string.h>

/* --- flattened features --- */

/* Whether an op keeps the order of its first input's numbers: its other inputs have one dimension, like
 * scales and shifts of features. */
static bool keeps_places(const dsc_node *op) {
    for (size_t i = 1; i < op->input_count; i++)
        if (op->inputs[i]->shape.rank > 1) return false;
    return true;
}

/* The image (C, H, W) whose flattened numbers are the features that the parameter multiplies; NULL: none, or
 * their order is the same in all layouts. */
static const dsc_node *flattened(const dsc_node *parameter) {
    const dsc_graph *graph = parameter->graph;
    const size_t features = parameter->shape.size[parameter->shape.rank - 1];
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *op = graph->nodes[i];
        if (op->kind != DSC_NODE_OP || op->input_count < 2 || op->inputs[0] == parameter) continue;
        bool uses = false;
        for (size_t k = 1; k < op->input_count; k++) uses = uses || op->inputs[k] == parameter;
        if (!uses || (parameter->shape.rank == 1 && !keeps_places(op))) continue;
        for (const dsc_node *x = op->inputs[0]; x && dsc_shape_count(&x->shape) == features;) {
            if (x->shape.rank == 3)
                return x->shape.size[0] > 1 && x->shape.size[1] * x->shape.size[2] > 1 ? x : NULL;
            x = x->kind == DSC_NODE_OP && keeps_places(x) ? x->inputs[0] : NULL;
        }
    }
    return NULL;
}

/* Replaces the last axis, features in the order H, W, C, by C, H and W. */
static void order_features(weights_places *p, const dsc_node *image) {
    const size_t channels = image->shape.size[0], height = image->shape.size[1], width = image->shape.size[2],
                 stride = p->stride[p->rank - 1];
    const size_t size[3] = {channels, height, width},
                 strides[3] = {stride, width * channels * stride, channels * stride};
    p->rank--;
    p->turned = p->reordered = true;
    for (size_t k = 0; k < 3; k++) {
        p->size[p->rank] = size[k];
        p->stride[p->rank++] = strides[k];
    }
}

/* --- shapes --- */

/* The array's axes in the order `axes`, without those of size 1. */
static void take_axes(weights_places *p, const weights_array *array, const size_t *axes) {
    size_t last = 0;
    p->rank = 0;
    p->turned = false;
    for (size_t k = 0; k < array->rank; k++) {
        if (array->shape[axes[k]] == 1) continue;
        p->turned = p->turned || axes[k] < last;
        last = axes[k];
        p->size[p->rank] = array->shape[axes[k]];
        p->stride[p->rank++] = array->stride[axes[k]];
    }
}

static bool is_shape(const weights_places *p, const dsc_shape *shape) {
    size_t k = 0;
    for (size_t i = 0; i < shape->rank; i++) {
        if (shape->size[i] == 1) continue;
        if (k == p->rank || p->size[k++] != shape->size[i]) return false;
    }
    return k == p->rank;
}

bool weights_fit(weights_places *p, const dsc_node *parameter, const weights_array *array, int layout) {
    /* Depthwise weights (H, W, channels, 1) fit too, because their last axis, of size 1, is omitted. */
    static const size_t as_it_is[] = {0, 1, 2, 3}, turned[] = {1, 0}, conv[] = {3, 2, 0, 1};
    const dsc_shape *shape = &parameter->shape;
    const size_t *axes = as_it_is;
    *p = (weights_places){0};
    if (array->rank > 4) return false;
    /* A bias may be a row or a column; other shapes are not biases. */
    if (shape->rank <= 1 ? array->rank > 2 || (array->rank == 2 && array->label.role == WEIGHTS_WEIGHT)
                         : array->rank < 2)
        return false;
    if (layout != WEIGHTS_TORCH && shape->rank == 2 && array->rank == 2) axes = turned;
    if (layout == WEIGHTS_KERAS && shape->rank > 1 && array->rank == 4) axes = conv;
    take_axes(p, array, axes);
    const bool fits = is_shape(p, shape);
    const dsc_node *image =
        fits && layout == WEIGHTS_KERAS && shape->rank <= 2 && p->rank ? flattened(parameter) : NULL;
    if (image && p->size[p->rank - 1] == dsc_shape_count(&image->shape)) order_features(p, image);
    return fits;
}
