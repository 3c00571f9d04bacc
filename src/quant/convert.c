/* SPDX-License-Identifier: MIT */
/* convert.c: converts each op to an equivalent in integers.
 *
 * A value has a scale for each channel. Products and sums use as many bits as they need, below 2^24. The next
 * consumer reduces them to 8 bits (`in_bytes`), or a following ReLU does. Maxima therefore accept either, and
 * an addition uses 16 bits for each operand. */
#include "quant/rules.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"
#include "op/op.h"
#include "op/tables.h"
#include "quant/round.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const dsc_op dsc_op_add, dsc_op_average_pool, dsc_op_batch_norm, dsc_op_clip, dsc_op_concat,
    dsc_op_depthwise_conv2d, dsc_op_global_average_pool, dsc_op_global_max_pool, dsc_op_global_sum_pool,
    dsc_op_max_pool, dsc_op_requantise, dsc_op_scale;

enum { X, WEIGHT, BIAS };
static const double MOST = DSC_WHOLE_MOST, SUM_LEVELS = 32767;

/* --- helpers --- */

static const char *name_of(const dsc_node *node) {
    return node->layer ? node->layer : node->op ? node->op->name : "the image";
}

dsc_status dsc_convert_no_memory(const dsc_conversion *c) {
    return dsc_fail(c->error, DSC_ERROR_MEMORY, "out of memory for a quantised network");
}

static dsc_quant_value *value_of(const dsc_conversion *c, const dsc_node *node) {
    return &c->values[node->index];
}

static size_t channels_of(const dsc_shape *shape) { return shape->rank ? shape->size[0] : 1; }

dsc_status dsc_convert_set(dsc_conversion *c, dsc_quant_value *value, dsc_node *node, double low,
                           double high) {
    value->node = node;
    value->channels = channels_of(dsc_node_shape(node));
    value->low = low;
    value->high = high;
    free(value->scale);
    value->scale = dsc_allocate(value->channels, sizeof *value->scale);
    if (!value->scale) return dsc_convert_no_memory(c);
    for (size_t i = 0; i < value->channels; i++) value->scale[i] = 1;
    return dsc_graph_check(c->graph, c->error);
}

/* Copies the scales of another value with as many channels, times a factor, and its layer. */
static void copy_scales(dsc_quant_value *to, const dsc_quant_value *from, double factor) {
    for (size_t i = 0; i < to->channels; i++) to->scale[i] = from->scale[i] * factor;
    to->layer = from->layer;
}

/* Copies the offsets, if any, of another value with as many channels. */
static dsc_status copy_offsets(const dsc_conversion *c, dsc_quant_value *to, const dsc_quant_value *from) {
    if (!from->offset) return DSC_OK;
    to->offset = dsc_allocate(to->channels, sizeof *to->offset);
    if (!to->offset) return dsc_convert_no_memory(c);
    memcpy(to->offset, from->offset, to->channels * sizeof *to->offset);
    to->shifted = from->shifted;
    return DSC_OK;
}

void dsc_convert_report(const dsc_conversion *c, const dsc_quant_value *value, size_t bytes) {
    if (!c->report) return;
    c->report->more_bytes += bytes;
    if (value->layer) c->report->layers[value->layer - 1].more_bytes += bytes;
}

dsc_node *dsc_convert_number(dsc_conversion *c, const char *name, dsc_shape shape, bool buffer,
                             dsc_real *numbers) {
    if (!numbers || !dsc_grow(&c->items, &c->item_capacity, c->item_count + 1, sizeof *c->items)) {
        free(numbers);
        (void)dsc_convert_no_memory(c);
        return NULL;
    }
    dsc_node *node = buffer ? dsc_buffer(c->graph, name, shape, 0)
                            : dsc_parameter(c->graph, name, shape, DSC_INIT_ZEROS, 1, 1, false);
    c->items[c->item_count++] = (dsc_quant_item){node, numbers};
    return node;
}

/* --- requantising --- */

/* Converts `from` (number = scale * integer) to a value with scales `target` (channels), clamped to low ..
 * high. */
static dsc_status requantise(dsc_conversion *c, dsc_quant_value *to, const dsc_quant_value *from,
                             const double *target, double low, double high) {
    char name[64];
    const dsc_shape shape = {.rank = 1, .size = {from->channels}};
    dsc_real *multiplier = dsc_allocate(from->channels, sizeof *multiplier),
             *shift = dsc_allocate(from->channels, sizeof *shift);
    if (!multiplier || !shift) {
        free(multiplier);
        free(shift);
        return dsc_convert_no_memory(c);
    }
    for (size_t i = 0; i < from->channels; i++) {
        int exponent;
        const double factor = from->scale[i] / target[i];
        (void)frexp(factor, &exponent); /* factor < 2^exponent */
        int by = 24 - exponent;
        by = by < 0 ? 0 : by > DSC_REQUANTISE_SHIFT_MOST ? DSC_REQUANTISE_SHIFT_MOST : by;
        double m = fmin(rint(ldexp(factor, by)), MOST - 1);
        while (by > 0 && m > 0 && fmod(m, 2) == 0) { /* as small as possible */
            m /= 2;
            by--;
        }
        multiplier[i] = (dsc_real)m;
        shift[i] = m > 0 ? (dsc_real)by : 0;
    }
    c->requantised++;
    (void)snprintf(name, sizeof name, "requantise%zu.multiplier", c->requantised);
    dsc_node *m = dsc_convert_number(c, name, shape, true, multiplier);
    (void)snprintf(name, sizeof name, "requantise%zu.shift", c->requantised);
    dsc_node *s = m ? dsc_convert_number(c, name, shape, true, shift) : NULL;
    if (!m) free(shift);
    if (!m || !s) return DSC_ERROR_MEMORY;
    dsc_convert_report(c, from, 8 * from->channels);
    const dsc_requantise_values values = {(int64_t)low, (int64_t)high};
    dsc_node *node = dsc_apply(&dsc_op_requantise, (dsc_node *[]){from->node, m, s}, 3, &values);
    dsc_status status = dsc_convert_set(c, to, node, low, high);
    for (size_t i = 0; !status && i < to->channels; i++) to->scale[i] = target[i];
    to->layer = from->layer;
    return status;
}

/* The same with one scale for all channels. */
static dsc_status requantise_all(dsc_conversion *c, dsc_quant_value *to, const dsc_quant_value *from,
                                 double target, double low, double high) {
    double *targets = dsc_allocate(from->channels, sizeof *targets);
    if (!targets) return dsc_convert_no_memory(c);
    for (size_t i = 0; i < from->channels; i++) targets[i] = target;
    dsc_status status = requantise(c, to, from, targets, low, high);
    free(targets);
    return status;
}

static bool is_byte(const dsc_quant_value *v) {
    return v->low >= -128 && v->high <= (v->low < 0 ? 127 : 255);
}

/* Converts to signed or unsigned bytes, according to `range`. */
static dsc_status to_bytes(dsc_conversion *c, dsc_quant_value *to, const dsc_quant_value *from,
                           const dsc_value_range *range) {
    const bool sign = range->low < 0;
    const double bound = range->bound > 0 ? range->bound : 1;
    if (c->report && from->layer) c->report->layers[from->layer - 1].clipped = range->clipped;
    return requantise_all(c, to, from, bound / (sign ? 127 : 255), sign ? -128 : 0, sign ? 127 : 255);
}

dsc_status dsc_convert_one_scale(dsc_conversion *c, dsc_quant_value *value) {
    double most = value->scale[0];
    bool differ = false;
    for (size_t i = 1; i < value->channels; i++) {
        differ = differ || value->scale[i] != most;
        if (value->scale[i] > most) most = value->scale[i];
    }
    if (!differ) return DSC_OK;
    dsc_quant_value fresh = {0};
    dsc_status status = requantise_all(c, &fresh, value, most, value->low, value->high);
    if (status) {
        free(fresh.scale);
        return status;
    }
    fresh.offset = value->offset;
    fresh.shifted = value->shifted;
    free(value->scale);
    *value = fresh;
    return DSC_OK;
}

/* Converts the value of a node of `from` to 8 bits, in place if it holds sums. */
static dsc_status in_bytes(dsc_conversion *c, const dsc_node *node) {
    dsc_quant_value *v = value_of(c, node), fresh = {0};
    if (is_byte(v) || v->offset) return DSC_OK;
    dsc_status status = to_bytes(c, &fresh, v, &c->ranges[node->index]);
    if (status) {
        free(fresh.scale);
        return status;
    }
    free(v->scale);
    *v = fresh;
    return DSC_OK;
}

/* --- sums of products: products.c --- */

static dsc_status convert_linear(dsc_conversion *c, const dsc_node *node) {
    const dsc_node *weight = node->inputs[WEIGHT];
    if (node->shape.rank != 1 && weight->shape.rank < 3)
        return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                        "%s: %s on values with %zu dimensions cannot be quantised", name_of(node),
                        node->op->name, node->shape.rank);
    dsc_status status = in_bytes(c, node->inputs[X]);
    const dsc_quant_product p = {.weight = weight->shape,
                                 .name = weight->name,
                                 .w = c->numbers + weight->offset,
                                 .b = node->input_count > BIAS ? c->numbers + node->inputs[BIAS]->offset
                                                               : NULL,
                                 .op = node->op,
                                 .values = node->values,
                                 .own_channel = weight->shape.rank == 4 && weight->shape.size[1] == 1 &&
                                                node->in_shapes[X].size[0] == weight->shape.size[0],
                                 .levels = c->levels};
    return status ? status : dsc_convert_product(c, &p, value_of(c, node->inputs[X]), value_of(c, node));
}

/* Converts each channel separately, as a depthwise convolution with weights (C, 1, R, S) of shape `weight`;
 * all weights equal `each` if `w` is NULL. For averages, and for ops that scale and shift channels. */
static dsc_status convert_channels(dsc_conversion *c, const dsc_node *node, const dsc_real *w,
                                   const dsc_real *b, dsc_shape weight, const void *values, dsc_real each) {
    char name[64];
    const size_t count = dsc_shape_count(&weight);
    dsc_real *alike = dsc_allocate(count, sizeof *alike);
    if (!alike) return dsc_convert_no_memory(c);
    for (size_t i = 0; i < count; i++) alike[i] = w ? w[i] : each;
    (void)snprintf(name, sizeof name, "channels%zu.weight", node->index);
    void *all = dsc_allocate(1, dsc_op_depthwise_conv2d.values_size);
    dsc_status status =
        all ? dsc_params_initialise(dsc_op_depthwise_conv2d.params, all, c->error) : dsc_convert_no_memory(c);
    for (size_t i = 0; !status && values && i < 2; i++) { /* pools have them too, and a size */
        static const char *const names[] = {"stride", "padding"};
        const dsc_param *from = dsc_param_find(node->op->params, names[i]),
                        *to = dsc_param_find(dsc_op_depthwise_conv2d.params, names[i]);
        const int64_t *pair = (const void *)((const char *)values + from->offset);
        if (pair[0]) memcpy((char *)all + to->offset, pair, 2 * sizeof *pair);
        if (!i && !pair[0])
            memcpy((char *)all + to->offset, (int64_t[]){(int64_t)weight.size[2], (int64_t)weight.size[3]},
                   2 * sizeof *pair);
    }
    const dsc_quant_product p = {.weight = weight,
                                 .name = name,
                                 .w = alike,
                                 .b = b,
                                 .op = &dsc_op_depthwise_conv2d,
                                 .values = all,
                                 .own_channel = true,
                                 .levels = w ? 127 : 1};
    if (!status) status = in_bytes(c, node->inputs[X]);
    if (!status) status = dsc_convert_product(c, &p, value_of(c, node->inputs[X]), value_of(c, node));
    if (all) dsc_params_free(dsc_op_depthwise_conv2d.params, all);
    free(all);
    free(alike);
    return status;
}

static dsc_status convert_affine(dsc_conversion *c, const dsc_node *node) {
    const dsc_real *in[DSC_RULE_INPUTS] = {NULL};
    const size_t channels = node->shape.size[0];
    if (node->shape.rank != 3)
        return dsc_fail(
            c->error, DSC_ERROR_UNSUPPORTED,
            "%s: %s without pixels and without a preceding layer with weights cannot be quantised",
            name_of(node), node->op->name);
    dsc_real *factor = dsc_allocate(channels, sizeof *factor),
             *offset = dsc_allocate(channels, sizeof *offset);
    for (size_t i = 1; i < node->input_count && i < DSC_RULE_INPUTS; i++)
        in[i] = c->numbers + node->inputs[i]->offset;
    dsc_status status = factor && offset ? DSC_OK : dsc_convert_no_memory(c);
    if (!status) {
        node->op->affine(factor, offset, node->values, in, channels);
        status = convert_channels(c, node, factor, offset, dsc_shape_of(4, channels, 1, 1, 1), NULL, 0);
    }
    free(factor);
    free(offset);
    return status;
}

static dsc_status convert_average_pool(dsc_conversion *c, const dsc_node *node) {
    const int64_t *size =
        (const void *)((const char *)node->values + dsc_param_find(node->op->params, "size")->offset);
    const dsc_shape weight = dsc_shape_of(4, node->shape.size[0], 1, (size_t)size[0], (size_t)size[1]);
    return convert_channels(c, node, NULL, NULL, weight, node->values,
                            (dsc_real)(1.0 / (double)(size[0] * size[1])));
}

/* --- other ops --- */

static dsc_status convert_relu(dsc_conversion *c, const dsc_node *node) {
    dsc_quant_value *x = value_of(c, node->inputs[X]), *to = value_of(c, node);
    if (x->offset) return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED, "relu of the image cannot be quantised");
    if (!is_byte(x)) return to_bytes(c, to, x, &c->ranges[node->index]);
    dsc_status status =
        dsc_convert_set(c, to, dsc_apply(node->op, &x->node, 1, node->values), 0, fmax(x->high, 0));
    if (!status) copy_scales(to, x, 1);
    return status;
}

/* From 0 on: the bytes of the measured range, which ends at the upper bound or below it. */
static dsc_status convert_clip(dsc_conversion *c, const dsc_node *node) {
    const dsc_quant_value *x = value_of(c, node->inputs[X]);
    const dsc_clip_values *bounds = node->values;
    if (x->offset || bounds->low != 0)
        return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                        "%s: clip of the image, or from a bound other than 0, cannot be quantised",
                        name_of(node));
    return to_bytes(c, value_of(c, node), x, &c->ranges[node->index]);
}

/* Scales are positive, so the maximum of the integers is the maximum of the values. */
static dsc_status convert_maximum(dsc_conversion *c, const dsc_node *node) {
    const dsc_quant_value *x = value_of(c, node->inputs[X]);
    dsc_quant_value *to = value_of(c, node);
    dsc_status status = dsc_convert_set(c, to, dsc_apply(node->op, (dsc_node *[]){x->node}, 1, node->values),
                                        x->low, x->high);
    if (status) return status;
    copy_scales(to, x, 1);
    return copy_offsets(c, to, x);
}

static dsc_status convert_global_average(dsc_conversion *c, const dsc_node *node) {
    dsc_status status = in_bytes(c, node->inputs[X]);
    const dsc_quant_value *x = value_of(c, node->inputs[X]);
    dsc_quant_value *to = value_of(c, node);
    const size_t pixels = dsc_shape_count(&node->in_shapes[X]) / node->in_shapes[X].size[0];
    if (!status && (x->offset || (double)pixels * 255 >= MOST))
        status = dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                          "%s: an average of the image, or of this many pixels, cannot be quantised",
                          name_of(node));
    if (status) return status;
    status = dsc_convert_set(c, to, dsc_apply(&dsc_op_global_sum_pool, (dsc_node *[]){x->node}, 1, NULL),
                             x->low * (double)pixels, x->high * (double)pixels);
    if (!status) copy_scales(to, x, 1 / (double)pixels);
    return status;
}

/* If the view changes the first dimension, each number keeps the scale of its original channel. */
static dsc_status convert_view(dsc_conversion *c, const dsc_node *node) {
    dsc_status status = in_bytes(c, node->inputs[X]);
    const dsc_quant_value *x = value_of(c, node->inputs[X]);
    dsc_quant_value *to = value_of(c, node);
    if (status) return status;
    status = dsc_convert_set(c, to, dsc_apply(node->op, (dsc_node *[]){x->node}, 1, node->values), x->low,
                             x->high);
    if (status) return status;
    to->layer = x->layer;
    to->shifted = x->shifted;
    const size_t from = x->channels, numbers = dsc_shape_count(&node->shape);
    if (x->offset && !(to->offset = dsc_allocate(to->channels, sizeof *to->offset)))
        return dsc_convert_no_memory(c);
    for (size_t i = 0; i < to->channels; i++) {
        const size_t first = i * (numbers / to->channels) * from / numbers,
                     last = ((i + 1) * (numbers / to->channels) - 1) * from / numbers;
        for (size_t k = first; k <= last; k++)
            if (x->scale[k] != x->scale[first] || (x->offset && x->offset[k] != x->offset[first]))
                return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                                "%s: %s joins channels of different scales, which cannot be quantised",
                                name_of(node), node->op->name);
        to->scale[i] = x->scale[first];
        if (x->offset) to->offset[i] = x->offset[first];
    }
    return DSC_OK;
}

static dsc_status convert_add(dsc_conversion *c, const dsc_node *node) {
    dsc_quant_value a = {0}, b = {0}, *to = value_of(c, node);
    double most = 0;
    for (size_t i = 0; i < 2; i++) {
        const dsc_node *input = node->inputs[i];
        if (!dsc_node_is_sampled(input) || value_of(c, input)->offset ||
            !dsc_shape_equal(&input->shape, &node->shape))
            return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                            "%s: an add of values with different shapes, of a parameter or of the image "
                            "cannot be quantised",
                            name_of(node));
        const dsc_value_range *range = &c->ranges[input->index];
        most = fmax(most, fmax(fabs(range->low), range->high));
    }
    const double target = (most > 0 ? most : 1) / SUM_LEVELS;
    dsc_status status = requantise_all(c, &a, value_of(c, node->inputs[0]), target, -SUM_LEVELS, SUM_LEVELS);
    if (!status)
        status = requantise_all(c, &b, value_of(c, node->inputs[1]), target, -SUM_LEVELS, SUM_LEVELS);
    if (!status)
        status = dsc_convert_set(c, to, dsc_apply(node->op, (dsc_node *[]){a.node, b.node}, 2, node->values),
                                 -2 * SUM_LEVELS, 2 * SUM_LEVELS);
    for (size_t i = 0; !status && i < to->channels; i++) to->scale[i] = target;
    to->layer = a.layer > b.layer ? a.layer : b.layer;
    free(a.scale);
    free(b.scale);
    return status;
}

/* Whether the concat makes a part of the members' logits, which have 16 bits as all logits have. */
static bool joins_members(const dsc_node *members, const dsc_node *node) {
    if (members == node) return true;
    for (size_t i = 0; members && members->op == &dsc_op_concat && i < members->input_count; i++)
        if (joins_members(members->inputs[i], node)) return true;
    return false;
}

static dsc_status join_logits(dsc_conversion *c, const dsc_node *node) {
    dsc_node *inputs[DSC_RULE_INPUTS] = {NULL};
    dsc_quant_value *to = value_of(c, node);
    const dsc_value_range *range = &c->ranges[c->members->index];
    const double most = fmax(fabs(range->low), range->high), target = (most > 0 ? 2 * most : 1) / SUM_LEVELS;
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < node->input_count; i++) {
        dsc_quant_value made = {0};
        status = requantise_all(c, &made, value_of(c, node->inputs[i]), target, -SUM_LEVELS, SUM_LEVELS);
        inputs[i] = made.node;
        to->layer = made.layer;
        free(made.scale);
    }
    if (!status)
        status = dsc_convert_set(c, to, dsc_apply(node->op, inputs, node->input_count, node->values),
                                 -SUM_LEVELS, SUM_LEVELS);
    for (size_t k = 0; !status && k < to->channels; k++) to->scale[k] = target;
    return status;
}

/* With 8-bit weights each input keeps its own scale; with fewer levels all are brought to one scale. */
static dsc_status convert_concat(dsc_conversion *c, const dsc_node *node) {
    dsc_node *inputs[DSC_RULE_INPUTS] = {NULL};
    dsc_quant_value *to = value_of(c, node), made[DSC_RULE_INPUTS] = {{0}};
    const bool few = c->levels < 127;
    double low = 0, high = 0;
    if (c->members && joins_members(c->members, node)) return join_logits(c, node);
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < node->input_count; i++) {
        const dsc_node *input = node->inputs[i];
        if (value_of(c, input)->offset) {
            status = dsc_fail(c->error, DSC_ERROR_UNSUPPORTED, "concat of the image cannot be quantised");
            break;
        }
        status =
            few ? to_bytes(c, &made[i], value_of(c, input), &c->ranges[node->index]) : in_bytes(c, input);
        const dsc_quant_value *v = few ? &made[i] : value_of(c, input);
        inputs[i] = v->node;
        low = fmin(low, v->low);
        high = fmax(high, v->high);
        if (v->layer > to->layer) to->layer = v->layer;
    }
    if (!status)
        status =
            dsc_convert_set(c, to, dsc_apply(node->op, inputs, node->input_count, node->values), low, high);
    for (size_t i = 0, at = 0; !status && i < node->input_count; i++) {
        const dsc_quant_value *v = few ? &made[i] : value_of(c, node->inputs[i]);
        for (size_t k = 0; k < v->channels; k++) to->scale[at++] = v->scale[k];
    }
    for (size_t i = 0; i < DSC_RULE_INPUTS; i++) free(made[i].scale);
    return status;
}

/* The factor becomes part of the scale. */
static dsc_status convert_scale(dsc_conversion *c, const dsc_node *node) {
    const dsc_quant_value *x = value_of(c, node->inputs[X]);
    dsc_quant_value *to = value_of(c, node);
    const double factor = *(const double *)(const void *)((const char *)node->values +
                                                          dsc_param_find(node->op->params, "factor")->offset);
    if (x->offset || !(factor > 0))
        return dsc_fail(
            c->error, DSC_ERROR_UNSUPPORTED,
            "%s: a multiplication of the image, or by a factor that is not positive, cannot be quantised",
            name_of(node));
    dsc_status status = dsc_convert_set(c, to, x->node, x->low, x->high);
    if (!status) copy_scales(to, x, factor);
    return status;
}

/* --- entry points --- */

static const struct {
    const dsc_op *op;
    dsc_status (*convert)(dsc_conversion *c, const dsc_node *node);
} rules[] = {{&dsc_op_add, convert_add},
             {&dsc_op_average_pool, convert_average_pool},
             {&dsc_op_clip, convert_clip},
             {&dsc_op_concat, convert_concat},
             {&dsc_op_global_average_pool, convert_global_average},
             {&dsc_op_global_max_pool, convert_maximum},
             {&dsc_op_max_pool, convert_maximum},
             {&dsc_op_scale, convert_scale}};

dsc_status dsc_convert_op(dsc_conversion *c, const dsc_node *node) {
    const dsc_op *op = node->op;
    if (dsc_graph_begin_layer(c->graph, node->layer)) return dsc_graph_check(c->graph, c->error);
    if (node->input_count <= DSC_RULE_INPUTS) {
        if (op->flags & DSC_OP_LINEAR) return convert_linear(c, node);
        if (op->flags & DSC_OP_RELU) return convert_relu(c, node);
        if (op->flags & DSC_OP_VIEW) return convert_view(c, node);
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
            if (rules[i].op == op) return rules[i].convert(c, node);
        if (op->affine) return convert_affine(c, node);
    }
    return dsc_fail(
        c->error, DSC_ERROR_UNSUPPORTED,
        "%s: %s has no integer form; convolutions, dense layers, ReLU, ReLU6, pools, residual and "
        "parallel branches have one",
        name_of(node), op->name);
}

dsc_status dsc_convert_image(dsc_conversion *c) {
    dsc_quant_value *v = value_of(c, c->image);
    bool offset = false;
    dsc_status status = dsc_convert_set(c, v, dsc_input(c->graph, c->image->name, c->image->shape), 0, 255);
    for (size_t i = 0; !status && i < v->channels; i++) {
        v->scale[i] = (double)c->normalisation->scale[i];
        offset = offset || c->normalisation->offset[i] != 0;
        if (!(v->scale[i] > 0))
            status = dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                              "a normalisation without a positive scale cannot be quantised");
    }
    if (status || !offset) return status;
    v->offset = dsc_allocate(v->channels, sizeof *v->offset);
    if (!v->offset) return dsc_convert_no_memory(c);
    for (size_t i = 0; i < v->channels; i++) v->offset[i] = (double)c->normalisation->offset[i];
    return DSC_OK;
}

dsc_status dsc_convert_logits(dsc_node **logits, dsc_conversion *c, const dsc_node *node) {
    dsc_quant_value common = {0};
    const dsc_value_range *range = &c->ranges[node->index];
    const dsc_quant_value *v = value_of(c, node);
    if (v->offset) return dsc_fail(c->error, DSC_ERROR_UNSUPPORTED, "the image itself cannot be the logits");
    /* Twice the measured range, for images that were not measured. */
    const double most = fmax(fabs(range->low), range->high), target = (most > 0 ? 2 * most : 1) / SUM_LEVELS;
    dsc_status status = requantise_all(c, &common, v, target, -SUM_LEVELS, SUM_LEVELS);
    if (!status) *logits = dsc_scale(common.node, target);
    free(common.scale);
    return status ? status : dsc_graph_check(c->graph, c->error);
}
