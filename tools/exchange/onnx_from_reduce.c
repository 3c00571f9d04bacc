/* SPDX-License-Identifier: MIT */
/* onnx_from_reduce.c: means, sums and maxima over dimensions, of ONNX files. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include <string.h>

/* Accepts reductions over all of an image's values, or all except the channels. */
static dsc_status reduce(onnx_reading *r, const Onnx__Node *node, dsc_node *(*all)(dsc_node *),
                         dsc_node *(*channels)(dsc_node *)) {
    onnx_value *value;
    const int64_t *list;
    size_t count, left = 0;
    bool gone[ONNX_RANK + 1] = {false}, but_first = true;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_list(&list, &count, r, node, "axes", 1);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    if (!list) return onnx_fail(r, node, "it has no axes, so it mixes the images of a batch");
    for (size_t i = 0; i < count; i++) {
        const int64_t axis = list[i] < 0 ? list[i] + (int64_t)value->rank + 1 : list[i];
        if (axis < 1 || axis > (int64_t)value->rank)
            return onnx_fail(r, node, "axis %lld, but there are %zu dimensions besides the batch",
                             (long long)list[i], value->rank);
        gone[axis - 1] = true;
    }
    dsc_node *x = value->node;
    if (!value->reordered)
        status = onnx_plain(&x, r, node, value);
    else if (!onnx_keeps_dimensions(value))
        status = onnx_fail(r, node, "an earlier node changed the order of its input's dimensions");
    if (status) return status;
    for (size_t i = 0; i < value->rank; i++) {
        const size_t own = value->reordered ? value->order[i] : i;
        left += !gone[i];
        but_first = but_first && gone[i] == (own != 0);
    }
    if (left && !but_first)
        return onnx_fail(r, node, "it reduces neither all dimensions nor all but the channels");
    if (left ? !channels : !all) return onnx_fail(r, node, "it reduces all dimensions");
    onnx_begin_layer(r, left ? "global_pool" : "reduce", NULL);
    dsc_node *made = left ? channels(x) : all(x);
    onnx_value like = {.rank = 0};
    for (size_t i = 0; i < value->rank; i++)
        if (!gone[i] || onnx_int(node, "keepdims", 1)) like.dims[like.rank++] = gone[i] ? 1 : value->dims[i];
    return onnx_give_like(r, node, 0, made, &like);
}

static dsc_node *sum_of_channels(dsc_node *x) {
    return dsc_apply(dsc_op_find("global-sum-pool"), &x, 1, NULL);
}

static dsc_status read_mean(onnx_reading *r, const Onnx__Node *node) {
    return reduce(r, node, dsc_mean, dsc_global_average_pool);
}
static dsc_status read_sum(onnx_reading *r, const Onnx__Node *node) {
    return reduce(r, node, dsc_sum, sum_of_channels);
}
static dsc_status read_max(onnx_reading *r, const Onnx__Node *node) {
    return reduce(r, node, NULL, dsc_global_max_pool);
}

const onnx_row onnx_rows_reduce[] = {
    {"ReduceMean", read_mean, NULL},
    {"ReduceSum", read_sum, NULL},
    {"ReduceMax", read_max, NULL},
    {0},
};

#endif
