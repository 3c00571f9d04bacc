/* SPDX-License-Identifier: MIT */
/* integers.h: a quantised network in integers, by plain loops, which the library's floats are compared
 * with. It knows ops by name and reads their tables. Sums have 32 bits, as on a microcontroller, and must
 * not overflow. */
#ifndef TESTS_QUANT_INTEGERS_H
#define TESTS_QUANT_INTEGERS_H

#include "testing.h"

#include "base/param.h"
#include "model/model.h"

static inline const int64_t *pair_of(const dsc_node *node, const char *name) {
    static const int64_t ones[2] = {1, 1};
    const dsc_param *p = dsc_param_find(node->op->params, name);
    return p ? (const int64_t *)(const void *)((const char *)node->values + p->offset) : ones;
}

/* All elements of a parameter or buffer, or one element of a value; `at` counts in the shape's order. */
static inline int32_t number_of(const dsc_model *model, const dsc_node *node, size_t at) {
    return (int32_t)model->values[node->offset + at];
}

static inline void window(int32_t *y, const dsc_node *node, const int32_t *x, const dsc_model *model,
                          bool maximum) {
    const dsc_shape *in = &node->inputs[0]->shape, *out = &node->shape;
    const dsc_node *weight = maximum ? NULL : node->inputs[1];
    const int64_t *stride = pair_of(node, "stride"), *padding = pair_of(node, "padding"),
                  *size = maximum ? pair_of(node, "size") : NULL;
    const int64_t rows = maximum ? size[0] : (int64_t)weight->shape.size[2],
                  columns = maximum ? size[1] : (int64_t)weight->shape.size[3];
    const size_t each = maximum ? 1 : weight->shape.size[1];
    const bool own = maximum || (each == 1 && weight->shape.size[0] == in->size[0]);
    for (size_t k = 0; k < out->size[0]; k++)
        for (int64_t i = 0; i < (int64_t)out->size[1]; i++)
            for (int64_t j = 0; j < (int64_t)out->size[2]; j++) {
                int64_t sum = maximum ? INT32_MIN : number_of(model, node->inputs[2], k);
                for (size_t c = 0; c < each; c++)
                    for (int64_t r = 0; r < rows; r++)
                        for (int64_t s = 0; s < columns; s++) {
                            const int64_t h = i * stride[0] - padding[0] + r,
                                          w = j * stride[1] - padding[1] + s;
                            if (h < 0 || w < 0 || h >= (int64_t)in->size[1] || w >= (int64_t)in->size[2])
                                continue;
                            const int64_t v =
                                x[((own ? k : c) * in->size[1] + (size_t)h) * in->size[2] + (size_t)w];
                            if (maximum)
                                sum = v > sum ? v : sum;
                            else
                                sum += v * number_of(model, weight,
                                                     ((k * each + c) * (size_t)rows + (size_t)r) *
                                                             (size_t)columns +
                                                         (size_t)s);
                        }
                assert_true(maximum || (sum < 1 << 24 && sum > -(1 << 24)));
                y[(k * out->size[1] + (size_t)i) * out->size[2] + (size_t)j] = (int32_t)sum;
            }
}

static inline void dense(int32_t *y, const dsc_node *node, const int32_t *x, const dsc_model *model) {
    const size_t each = node->inputs[1]->shape.size[1];
    for (size_t k = 0; k < node->shape.size[0]; k++) {
        int64_t sum = number_of(model, node->inputs[2], k);
        for (size_t i = 0; i < each; i++)
            sum += (int64_t)x[i] * number_of(model, node->inputs[1], k * each + i);
        assert_true(sum < 1 << 24 && sum > -(1 << 24));
        y[k] = (int32_t)sum;
    }
}

static inline int32_t requantised(int32_t x, int32_t multiplier, int32_t shift, int64_t low, int64_t high) {
    int64_t v = (int64_t)x * multiplier;
    if (shift) v = (v + ((int64_t)1 << (shift - 1))) >> shift;
    return (int32_t)(v < low ? low : v > high ? high : v);
}

static inline void per_channel(int32_t *y, const dsc_node *node, const int32_t *x, const dsc_model *model) {
    const size_t channels = node->shape.size[0], pixels = dsc_shape_count(&node->shape) / channels;
    const int64_t low = *pair_of(node, "low"), high = *pair_of(node, "high");
    for (size_t i = 0; i < channels * pixels; i++)
        y[i] = requantised(x[i], number_of(model, node->inputs[1], i / pixels),
                           number_of(model, node->inputs[2], i / pixels), low, high);
}

/* The values of all nodes for one image of bytes. values[i] is NULL if a node has none; otherwise to be
 * freed. */
static inline void in_integers(int32_t **values, const dsc_model *model, const uint8_t *image) {
    for (size_t n = 0; n < model->graph->count; n++) {
        const dsc_node *node = model->graph->nodes[n];
        const size_t count = dsc_shape_count(&node->shape);
        values[n] = NULL;
        if (node != model->image && (node->kind != DSC_NODE_OP || !values[node->inputs[0]->index])) continue;
        if (node != model->image && (!strcmp(node->op->name, "scale") || node->op->flags & DSC_OP_LOSS))
            continue;
        int32_t *y = values[n] = malloc((count + 1) * sizeof *y);
        if (node == model->image) {
            for (size_t i = 0; i < count; i++) y[i] = image[i];
            continue;
        }
        const int32_t *x = values[node->inputs[0]->index];
        const size_t all = dsc_shape_count(&node->inputs[0]->shape),
                     channels = node->shape.rank ? node->shape.size[0] : 1;
        const char *op = node->op->name;
        if (!strcmp(op, "conv2d") || !strcmp(op, "depthwise-conv2d")) {
            window(y, node, x, model, false);
        } else if (!strcmp(op, "max-pool")) {
            window(y, node, x, model, true);
        } else if (!strcmp(op, "matmul")) {
            dense(y, node, x, model);
        } else if (!strcmp(op, "requantise")) {
            per_channel(y, node, x, model);
        } else if (!strcmp(op, "relu") || !strcmp(op, "reshape")) {
            for (size_t i = 0; i < count; i++) y[i] = *op == 'r' && op[2] == 'l' && x[i] < 0 ? 0 : x[i];
        } else if (!strcmp(op, "add")) {
            const dsc_node *b = node->inputs[1];
            for (size_t i = 0; i < count; i++)
                y[i] = x[i] +
                       (values[b->index] ? values[b->index][i] : number_of(model, b, i / (count / channels)));
        } else if (!strcmp(op, "concat")) {
            for (size_t k = 0, at = 0; k < node->input_count; k++) {
                const size_t some = dsc_shape_count(&node->inputs[k]->shape);
                memcpy(y + at, values[node->inputs[k]->index], some * sizeof *y);
                at += some;
            }
        } else if (!strcmp(op, "global-sum-pool") || !strcmp(op, "global-max-pool")) {
            for (size_t i = 0; i < all; i++) {
                int32_t *to = &y[i / (all / channels)];
                const bool first = i % (all / channels) == 0;
                *to = op[7] == 's' ? (first ? 0 : *to) + x[i] : first || x[i] > *to ? x[i] : *to;
            }
        } else {
            fail_msg("the test knows no '%s'", op);
        }
    }
}

#endif
