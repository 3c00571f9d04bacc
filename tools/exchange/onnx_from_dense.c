/* SPDX-License-Identifier: MIT */
/* onnx_from_dense.c: products with weights, and normalisation layers, of ONNX files. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The weight as (n, k) from (k, n), or from (n, k) if `turned`, times alpha; columns are permuted to the
 * node's order of the features of `value`, whose dimensions are flat. */
static const float *weight_of(onnx_reading *r, const onnx_constant *weight, bool turned, double alpha,
                              const onnx_value *value) {
    const size_t n = weight->dims[turned ? 0 : 1], k = weight->dims[turned ? 1 : 0];
    float *numbers = onnx_take(&r->pool, weight->count, sizeof *numbers);
    size_t *places = value->reordered ? onnx_take(&r->pool, k, sizeof *places) : NULL;
    if (!numbers || (value->reordered && !places)) return NULL;
    if (places) onnx_places(places, value);
    for (size_t row = 0; row < n; row++)
        for (size_t i = 0; i < k; i++)
            numbers[row * k + (places ? places[i] : i)] =
                (float)(alpha * (double)weight->floats[turned ? row * k + i : i * n + row]);
    return numbers;
}

/* Checks that input 1 is a weight for the last dimension of input 0; *x is that input, flattened if it is
 * flat. */
static dsc_status read_factors(dsc_node **x, onnx_value **value, const onnx_constant **weight,
                               onnx_reading *r, const Onnx__Node *node, bool turned) {
    dsc_status status = onnx_sample(value, r, node, 0);
    if (!status) status = onnx_numbers(weight, r, node, 1);
    if (!status) status = onnx_touch(r, node, *value);
    if (status) return status;
    onnx_value *v = *value;
    if ((*weight)->rank != 2 || !(*weight)->count || !v->rank ||
        (*weight)->dims[turned ? 1 : 0] != v->dims[v->rank - 1])
        return onnx_fail(r, node, "expected a weight for %zu numbers, of 2 dimensions, found %zu of them",
                         v->rank ? v->dims[v->rank - 1] : 0, (*weight)->rank);
    if (!v->reordered || v->rank != 1) return onnx_plain(x, r, node, v);
    *x = dsc_flatten(v->node);
    return DSC_OK;
}

static dsc_node *product(onnx_reading *r, dsc_node *x, const onnx_constant *weight, const float *numbers,
                         size_t n, size_t k, const onnx_constant *bias_from, const float *bias) {
    onnx_begin_layer(r, "dense", weight->name);
    dsc_node *w = onnx_parameter(r, weight, dsc_shape_of(2, n, k, 0, 0), numbers, k, n);
    dsc_node *b = bias_from ? onnx_parameter(r, bias_from, dsc_shape_of(1, n, 0, 0, 0), bias, k, n) : NULL;
    return dsc_matmul(x, w, b);
}

/* alpha A B + beta C */
static dsc_status read_gemm(onnx_reading *r, const Onnx__Node *node) {
    const bool turned = onnx_int(node, "transB", 0) != 0;
    const double alpha = onnx_real(node, "alpha", 1), beta = onnx_real(node, "beta", 1);
    onnx_value *value;
    const onnx_constant *weight, *bias = NULL;
    dsc_node *x = NULL;
    dsc_status status = read_factors(&x, &value, &weight, r, node, turned);
    if (status) return status;
    if (onnx_int(node, "transA", 0) || value->rank != 1)
        return onnx_fail(r, node, "expected a row of numbers per image, and transA=0");
    const size_t n = weight->dims[turned ? 0 : 1], k = weight->dims[turned ? 1 : 0];
    const Onnx__Node *after = node;
    const float *numbers = NULL;
    if (onnx_has_input(node, 2)) {
        float *own = onnx_take(&r->pool, n, sizeof *own);
        status = onnx_numbers(&bias, r, node, 2);
        if (!status && bias->count != n && bias->count != 1)
            status = onnx_fail(r, node, "a bias of %zu numbers for %zu outputs", bias->count, n);
        if (status) return status;
        if (!own) return onnx_no_memory(r);
        for (size_t i = 0; i < n; i++)
            own[i] = (float)(beta * (double)bias->floats[bias->count == 1 ? 0 : i]);
        numbers = own;
    } else {
        numbers = onnx_take_bias(&bias, &after, r, node, n, 1);
    }
    return onnx_give(r, after, 0,
                     product(r, x, weight, weight_of(r, weight, turned, alpha, value), n, k, bias, numbers));
}

static dsc_status read_matmul(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const onnx_constant *weight, *bias;
    const Onnx__Node *after;
    dsc_node *x = NULL;
    dsc_status status = read_factors(&x, &value, &weight, r, node, false);
    if (status) return status;
    const size_t n = weight->dims[1], k = weight->dims[0];
    const float *numbers = onnx_take_bias(&bias, &after, r, node, n, 1);
    return onnx_give(r, after, 0,
                     product(r, x, weight, weight_of(r, weight, false, 1, value), n, k, bias, numbers));
}

/* --- normalisations --- */

/* Numbers, one per channel, in the node's order. */
static const float *in_places(onnx_reading *r, const onnx_constant *c, const size_t *places) {
    if (!places) return c->floats;
    float *moved = onnx_take(&r->pool, c->count, sizeof *moved);
    for (size_t i = 0; moved && i < c->count; i++) moved[places[i]] = c->floats[i];
    return moved;
}

static dsc_status read_batch_norm(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const onnx_constant *given[4];
    dsc_node *x, *inputs[4];
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    if (!value->rank || !onnx_int(node, "spatial", 1) || onnx_int(node, "training_mode", 0))
        return onnx_fail(
            r, node,
            "it is not in evaluation form, channel by channel; export the model in its evaluation mode");
    for (size_t i = 0; i < 4 && !status; i++) {
        status = onnx_numbers(&given[i], r, node, i + 1);
        if (!status && given[i]->count != value->dims[0])
            status = onnx_fail(r, node, "%zu numbers for %zu channels", given[i]->count, value->dims[0]);
    }
    const bool flat = value->reordered && value->rank == 1;
    if (!status && !flat) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    size_t *places = NULL;
    if (flat) {
        x = dsc_flatten(value->node);
        if (!(places = onnx_take(&r->pool, value->dims[0], sizeof *places))) return onnx_no_memory(r);
        onnx_places(places, value);
    }
    onnx_begin_layer(r, "batch_norm", given[0]->name);
    const dsc_shape shape = dsc_shape_of(1, value->dims[0], 0, 0, 0);
    for (size_t i = 0; i < 4; i++) {
        const float *numbers = in_places(r, given[i], places);
        inputs[i] = i < 2 ? onnx_parameter(r, given[i], shape, numbers, 1, 1)
                          : onnx_buffer(r, given[i], shape, numbers);
    }
    const double momentum = fmin(1, fmax(0, 1 - onnx_real(node, "momentum", (double)0.9f)));
    const double epsilon = fmin(1, fmax(1e-12, onnx_real(node, "epsilon", 1e-5)));
    dsc_node *made = dsc_batch_norm(x, inputs[0], inputs[1], inputs[2], inputs[3], momentum, epsilon);
    return flat ? onnx_give_like(r, node, 0, dsc_reshape(made, value->node->shape), value)
                : onnx_give(r, node, 0, made);
}

/* The leading dimensions of `shape` along which `c` was expanded (a gamma per channel); otherwise all. */
static dsc_shape before_expand(const onnx_constant *c, dsc_shape shape) {
    size_t leading = 0, count = 1;
    if (!c->narrow || c->narrow->rank != shape.rank) return shape;
    for (size_t i = 0; i < shape.rank; i++)
        if (c->narrow->dims[i] != 1) leading = i + 1;
    for (size_t i = 0; i < leading; i++) count *= shape.size[i];
    if (!leading || c->narrow->count != count) return shape;
    shape.rank = leading;
    for (size_t i = leading; i < DSC_RANK_MOST; i++) shape.size[i] = 0;
    return shape;
}

static dsc_status read_layer_norm(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const onnx_constant *gamma, *beta;
    dsc_node *x;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_numbers(&gamma, r, node, 1);
    if (!status) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    const dsc_shape shape = x->shape;
    float *zeros = onnx_take(&r->pool, gamma->count, sizeof *zeros);
    if (!zeros) return onnx_no_memory(r);
    beta = gamma;
    if (onnx_has_input(node, 2)) status = onnx_numbers(&beta, r, node, 2);
    if (status) return status;
    if (onnx_axis(node, -1, shape.rank) != 1 || gamma->count != dsc_shape_count(&shape) ||
        beta->count != gamma->count)
        return onnx_fail(r, node,
                         "it does not normalise all values of an image with a scale and a shift for each");
    onnx_begin_layer(r, "layer_norm", gamma->name);
    dsc_shape own = before_expand(gamma, shape);
    const dsc_shape other = before_expand(beta, shape);
    const bool narrow = own.rank < shape.rank && dsc_shape_equal(&own, &other);
    if (!narrow) own = shape;
    dsc_node *scale = onnx_parameter(r, gamma, own, narrow ? gamma->narrow->floats : gamma->floats, 1, 1);
    dsc_node *shift = onnx_parameter(r, beta, own,
                                     beta == gamma ? zeros
                                     : narrow      ? beta->narrow->floats
                                                   : beta->floats,
                                     1, 1);
    return onnx_give(r, node, 0,
                     dsc_layer_norm(x, scale, shift, fmin(1, fmax(1e-12, onnx_real(node, "epsilon", 1e-5)))));
}

const onnx_row onnx_rows_dense[] = {
    {"Gemm", read_gemm, NULL},
    {"MatMul", read_matmul, NULL},
    {"BatchNormalization", read_batch_norm, NULL},
    {"LayerNormalization", read_layer_norm, NULL},
    {0},
};

#endif
