/* SPDX-License-Identifier: MIT */
/* onnx_from_activation.c: functions of one value, of ONNX files. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include "op/tables.h"

#include <math.h>
#include <string.h>

typedef dsc_node *builder(dsc_node *x);

static dsc_status read_unary(onnx_reading *r, const Onnx__Node *node, builder *build, const char *layer) {
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    onnx_begin_layer(r, layer, NULL);
    return onnx_give_like(r, node, 0, build(value->node), value);
}

static dsc_status read_relu(onnx_reading *r, const Onnx__Node *node) {
    return read_unary(r, node, dsc_relu, "relu");
}
static dsc_status read_sigmoid(onnx_reading *r, const Onnx__Node *node) {
    return read_unary(r, node, dsc_sigmoid, "sigmoid");
}
static dsc_status read_tanh(onnx_reading *r, const Onnx__Node *node) {
    return read_unary(r, node, dsc_tanh, "tanh");
}
static dsc_status read_gelu(onnx_reading *r, const Onnx__Node *node) {
    if (onnx_attribute(node, "approximate") && !onnx_is_text(node, "approximate", "none"))
        return onnx_fail(r, node, "an approximate Gelu");
    return read_unary(r, node, dsc_gelu, "gelu");
}

dsc_status onnx_leaky_relu(onnx_reading *r, const Onnx__Node *node, double slope) {
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    if (!(slope >= 0 && slope <= 1))
        return onnx_fail(r, node, "a slope of %g; slopes of 0 to 1 are supported", slope);
    onnx_begin_layer(r, "leaky_relu", NULL);
    return onnx_give_like(r, node, 0, dsc_leaky_relu(value->node, slope), value);
}

static dsc_status read_leaky_relu(onnx_reading *r, const Onnx__Node *node) {
    return onnx_leaky_relu(r, node, onnx_real(node, "alpha", (double)0.01f));
}

static dsc_node *magnitude(dsc_node *x) { return dsc_add(dsc_relu(x), dsc_relu(dsc_scale(x, -1))); }

static dsc_status read_abs(onnx_reading *r, const Onnx__Node *node) {
    return read_unary(r, node, magnitude, "abs");
}

/* --- exponential and piecewise linear units --- */

/* gamma elu(x, alpha) */
static dsc_status elu(onnx_reading *r, const Onnx__Node *node, double alpha, double gamma) {
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    if (!(alpha >= 0 && alpha <= 1000))
        return onnx_fail(r, node, "an alpha of %g; 0 to 1000 are supported", alpha);
    onnx_begin_layer(r, gamma == 1 ? "elu" : "selu", NULL);
    dsc_node *made = dsc_elu(value->node, alpha);
    return onnx_give_like(r, node, 0, gamma == 1 ? made : dsc_scale(made, gamma), value);
}

static dsc_status read_elu(onnx_reading *r, const Onnx__Node *node) {
    return elu(r, node, onnx_real(node, "alpha", 1), 1);
}
static dsc_status read_selu(onnx_reading *r, const Onnx__Node *node) {
    return elu(r, node, onnx_real(node, "alpha", (double)1.67326319217681884765625f),
               onnx_real(node, "gamma", (double)1.05070102214813232421875f));
}

static dsc_status read_hard_sigmoid(onnx_reading *r, const Onnx__Node *node) {
    const double slope = onnx_real(node, "alpha", (double)0.2f), offset = onnx_real(node, "beta", 0.5);
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    if (!(slope >= 0 && slope <= 1000 && offset >= -1000 && offset <= 1000))
        return onnx_fail(r, node,
                         "an alpha of %g and a beta of %g; 0 to 1000 and -1000 to 1000 are supported", slope,
                         offset);
    onnx_begin_layer(r, "hard_sigmoid", NULL);
    return onnx_give_like(r, node, 0, dsc_hard_sigmoid(value->node, slope, offset), value);
}

static dsc_node *hard_swish(dsc_node *x) { return dsc_mul(x, dsc_hard_sigmoid(x, 1.0 / 6, 0.5)); }

static dsc_status read_hard_swish(onnx_reading *r, const Onnx__Node *node) {
    return read_unary(r, node, hard_swish, "hard_swish");
}

/* --- bounds --- */

static dsc_status clip(onnx_reading *r, const Onnx__Node *node, const onnx_value *value, double low,
                       double high) {
    const bool open_below = low <= -DSC_CLIP_FAR, open_above = high >= DSC_CLIP_FAR;
    if (!(low < high))
        return onnx_fail(r, node, "bounds of %g and %g; the first must be less than the second", low, high);
    if (open_below && open_above) return onnx_give_same(r, node, value);
    dsc_status status = onnx_touch(r, node, value);
    if (status) return status;
    const bool is_relu = low == 0 && open_above;
    onnx_begin_layer(r, is_relu ? "relu" : "clip", NULL);
    dsc_node *made =
        is_relu ? dsc_relu(value->node)
                : dsc_clip(value->node, open_below ? -DSC_CLIP_FAR : low, open_above ? DSC_CLIP_FAR : high);
    return onnx_give_like(r, node, 0, made, value);
}

/* The bounds are attributes before opset 11. */
static dsc_status read_clip(onnx_reading *r, const Onnx__Node *node) {
    double bounds[] = {onnx_real(node, "min", -INFINITY), onnx_real(node, "max", INFINITY)};
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    for (size_t i = 1; i <= 2 && !status; i++) {
        const onnx_constant *bound;
        if (!onnx_has_input(node, i)) continue;
        status = onnx_numbers(&bound, r, node, i);
        if (!status && bound->count != 1) status = onnx_fail(r, node, "a bound that is not a single number");
        if (!status) bounds[i - 1] = (double)bound->floats[0];
    }
    return status ? status : clip(r, node, value, bounds[0], bounds[1]);
}

/* Max and Min of a value and one number. */
static dsc_status limit(onnx_reading *r, const Onnx__Node *node, bool is_low) {
    onnx_value *inputs[2] = {NULL, NULL};
    if (node->n_input != 2) return onnx_fail(r, node, "%zu inputs; 2 are supported", node->n_input);
    dsc_status status = onnx_input(&inputs[0], r, node, 0);
    if (!status) status = onnx_input(&inputs[1], r, node, 1);
    if (status) return status;
    const size_t first = inputs[0]->constant != NULL;
    const onnx_value *value = inputs[first];
    const onnx_constant *c = inputs[!first]->constant;
    if (!c || !c->floats || c->count != 1 || c->rank > value->rank + 1)
        return onnx_fail(r, node, "its inputs are not a value and a single constant number");
    const double bound = (double)c->floats[0];
    return is_low ? clip(r, node, value, bound, INFINITY) : clip(r, node, value, -INFINITY, bound);
}

static dsc_status read_max(onnx_reading *r, const Onnx__Node *node) { return limit(r, node, true); }
static dsc_status read_min(onnx_reading *r, const Onnx__Node *node) { return limit(r, node, false); }

/* --- softmax --- */

static dsc_status read_softmax(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    dsc_node *x;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    if (onnx_softmax_axis(r, node, value->rank) != (int64_t)value->rank)
        return onnx_fail(r, node, "it is not along the last dimension");
    onnx_begin_layer(r, "softmax", NULL);
    return onnx_give(r, node, 0, dsc_softmax(x));
}

/* The end of what log-mean-softmax is written as: LogSoftmax of (M, K), ReduceLogSumExp over the first of
 * the two, minus log M. NULL: it is something else. */
static dsc_status mean_end(const Onnx__Node **end, onnx_reading *r, const Onnx__Node *node, double members) {
    const Onnx__Node *sum = onnx_only_reader(r, node, "ReduceLogSumExp");
    const Onnx__Node *minus = sum ? onnx_only_reader(r, sum, "Sub") : NULL;
    const int64_t *axes = NULL;
    size_t count = 0;
    *end = NULL;
    if (!minus || onnx_int(sum, "keepdims", 1) || strcmp(minus->input[0], sum->output[0]) != 0) return DSC_OK;
    dsc_status status = onnx_list(&axes, &count, r, sum, "axes", 1);
    if (status || !axes || count != 1 || axes[0] != 1 || !onnx_is_number(r, minus, 1, log(members)))
        return status;
    onnx_mark_done(r, sum);
    onnx_mark_done(r, minus);
    *end = minus;
    return DSC_OK;
}

static dsc_status read_log_softmax(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const Onnx__Node *end;
    dsc_node *x;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    const size_t members = value->rank == 2 ? value->dims[0] : 0;
    status = mean_end(&end, r, node, (double)members);
    if (status) return status;
    if (!end || !members || onnx_softmax_axis(r, node, value->rank) != (int64_t)value->rank)
        return onnx_fail(r, node,
                         "it is neither the last node nor part of a mean over members' probabilities, which "
                         "starts with LogSoftmax of (members, classes), ReduceLogSumExp over members and Sub "
                         "of the logarithm of their number");
    onnx_begin_layer(r, "ensemble", NULL);
    return onnx_give(r, end, 0, dsc_log_mean_softmax(dsc_flatten(x), members));
}

const onnx_row onnx_rows_activation[] = {
    {"Relu", read_relu, NULL},
    {"LeakyRelu", read_leaky_relu, NULL},
    {"Elu", read_elu, NULL},
    {"Selu", read_selu, NULL},
    {"Clip", read_clip, NULL},
    {"Max", read_max, NULL},
    {"Min", read_min, NULL},
    {"Abs", read_abs, NULL},
    {"Sigmoid", read_sigmoid, NULL},
    {"HardSigmoid", read_hard_sigmoid, NULL},
    {"HardSwish", read_hard_swish, NULL},
    {"Tanh", read_tanh, NULL},
    {"Gelu", read_gelu, NULL},
    {"Softmax", read_softmax, NULL},
    {"LogSoftmax", read_log_softmax, NULL},
    {0},
};

#endif
