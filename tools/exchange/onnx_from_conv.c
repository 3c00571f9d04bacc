/* SPDX-License-Identifier: MIT */
/* onnx_from_conv.c: convolutions, pools and paddings of ONNX files.
 *
 * The library's windows have equal padding on both sides. If a file's differ, as with SAME_UPPER, a pool can
 * be read if the pixels at the end are never reached, and a convolution's kernel is widened by zeros:
 *
 *   sum over r of w[r] x[i stride + r - before]  =  sum over r of w'[r] x[i stride + r - most]
 *   w' = most - before zeros, w, most - behind zeros        most = the larger of before and behind */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include <string.h>

/* A window along both axes, as in the file; before and behind include the padding of a preceding Pad. */
typedef struct window {
    int64_t size[2], stride[2], dilation[2], before[2], behind[2];
    size_t in[2], out[2];
} window;

/* Reads two numbers from 1 to 65535; they are `otherwise` after a failure. */
static dsc_status pair(int64_t out[2], onnx_reading *r, const Onnx__Node *node, const char *name,
                       int64_t otherwise) {
    const int64_t *list;
    size_t count;
    out[0] = out[1] = otherwise;
    dsc_status status = onnx_list(&list, &count, r, node, name, -1);
    if (status || !list) return status;
    if (count != 2) return onnx_fail(r, node, "%s of %zu dimensions; images have 2", name, count);
    for (size_t i = 0; i < 2; i++) {
        if (list[i] < 1 || list[i] > 65535) return onnx_fail(r, node, "%s of %lld", name, (long long)list[i]);
        out[i] = list[i];
    }
    return DSC_OK;
}

static dsc_status read_pads(window *w, onnx_reading *r, const Onnx__Node *node, const int64_t pads[4]) {
    const int64_t *list;
    size_t count;
    dsc_status status = onnx_list(&list, &count, r, node, "pads", -1);
    if (status) return status;
    if (list && count != 4) return onnx_fail(r, node, "pads of %zu numbers; images have 4", count);
    const bool upper = onnx_is_text(node, "auto_pad", "SAME_UPPER");
    const bool same = upper || onnx_is_text(node, "auto_pad", "SAME_LOWER");
    for (size_t i = 0; i < 2; i++) {
        w->before[i] = list && !same ? list[i] : 0;
        w->behind[i] = list && !same ? list[i + 2] : 0;
        if (onnx_is_text(node, "auto_pad", "VALID")) w->before[i] = w->behind[i] = 0;
        if (same) {
            const int64_t in = (int64_t)w->in[i] + pads[i] + pads[i + 2],
                          places = (in + w->stride[i] - 1) / w->stride[i];
            int64_t all = (places - 1) * w->stride[i] + (w->size[i] - 1) * w->dilation[i] + 1 - in;
            if (all < 0) all = 0;
            w->before[i] = upper ? all / 2 : all - all / 2;
            w->behind[i] = all - w->before[i];
        }
        if (w->before[i] < 0 || w->before[i] > 65535 || w->behind[i] < 0 || w->behind[i] > 65535)
            return onnx_fail(r, node, "pads of %lld and %lld", (long long)w->before[i],
                             (long long)w->behind[i]);
        w->before[i] += pads[i];
        w->behind[i] += pads[i + 2];
    }
    return DSC_OK;
}

/* The number of positions of a window; 0: it is larger than the image. */
static size_t places_of(const window *w, size_t i, int64_t padding, bool ceiling) {
    const int64_t room = (int64_t)w->in[i] + padding - (w->size[i] - 1) * w->dilation[i] - 1;
    if (room < 0) return 0;
    return (size_t)((room + (ceiling ? w->stride[i] - 1 : 0)) / w->stride[i]) + 1;
}

/* Reads everything except the size, which is known. `x` is (C, H, W); `pads` come from a preceding Pad. */
static dsc_status read_window(window *w, onnx_reading *r, const Onnx__Node *node, const dsc_shape *x,
                              const int64_t pads[4]) {
    for (size_t i = 0; i < 2; i++) w->in[i] = x->size[1 + i];
    dsc_status status = pair(w->stride, r, node, "strides", 1);
    if (!status) status = pair(w->dilation, r, node, "dilations", 1);
    return status ? status : read_pads(w, r, node, pads);
}

/* --- convolutions --- */

/* Widens the kernel as above; returns the original numbers if that is not needed. Sets padding and the new
 * size. */
static const float *widen(size_t padding[2], size_t size[2], onnx_reading *r, const window *w,
                          const onnx_constant *weight) {
    size_t front[2];
    bool wider = false;
    for (size_t i = 0; i < 2; i++) {
        const int64_t most = w->before[i] > w->behind[i] ? w->before[i] : w->behind[i];
        size[i] = weight->dims[2 + i];
        front[i] = 0;
        /* The pixels at the end may be out of reach, or extra ones may be harmless. */
        if (places_of(w, i, 2 * w->before[i], false) == w->out[i]) {
            padding[i] = (size_t)w->before[i];
            continue;
        }
        padding[i] = (size_t)most;
        front[i] = (size_t)(most - w->before[i]);
        size[i] += (size_t)(2 * most - w->before[i] - w->behind[i]);
        wider = true;
    }
    if (!wider) return weight->floats;
    const size_t planes = weight->dims[0] * weight->dims[1], rows = weight->dims[2],
                 columns = weight->dims[3];
    const size_t dims[4] = {weight->dims[0], weight->dims[1], size[0], size[1]};
    onnx_constant *wide = onnx_make(r, weight, 4, dims, false);
    for (size_t p = 0; wide && p < planes; p++)
        for (size_t i = 0; i < rows; i++)
            memcpy(wide->floats + (p * size[0] + i + front[0]) * size[1] + front[1],
                   weight->floats + (p * rows + i) * columns, columns * sizeof(float));
    return wide ? wide->floats : NULL;
}

typedef struct conv {
    const onnx_constant *weight, *bias_from;
    const float *numbers, *bias;
    size_t groups, k, c, size[2], padding[2], stride[2], dilation[2];
} conv;

static dsc_node *one_group(onnx_reading *r, const conv *v, dsc_node *x, size_t group, bool depthwise) {
    const size_t each = v->k / v->groups * (depthwise ? v->groups : 1);
    const size_t taps = v->c * v->size[0] * v->size[1];
    dsc_node *weight = onnx_parameter(r, v->weight, dsc_shape_of(4, each, v->c, v->size[0], v->size[1]),
                                      v->numbers ? v->numbers + group * each * taps : NULL, taps,
                                      each * v->size[0] * v->size[1]);
    dsc_node *bias = v->bias ? onnx_parameter(r, v->bias_from, dsc_shape_of(1, each, 0, 0, 0),
                                              v->bias + group * each, taps, each)
                             : NULL;
    return (depthwise ? dsc_depthwise_conv2d : dsc_conv2d)(x, weight, bias, v->stride, v->padding,
                                                           v->dilation);
}

static dsc_node *grouped(onnx_reading *r, const conv *v, dsc_node *x) {
    if (v->groups == 1) return one_group(r, v, x, 0, false);
    if (v->c == 1 && v->groups == v->k) return one_group(r, v, x, 0, true);
    dsc_node *parts[8];
    for (size_t i = 0; i < v->groups; i++)
        parts[i] = one_group(r, v, dsc_slice(x, 0, i * v->c, v->c), i, false);
    return dsc_concat(parts, v->groups);
}

static dsc_status read_conv(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const onnx_constant *weight;
    dsc_node *x;
    conv v = {0};
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_numbers(&weight, r, node, 1);
    if (status) return status;
    onnx_value bare = *value; /* the convolution pads by itself */
    bare.padded = false;
    status = onnx_plain(&x, r, node, &bare);
    if (status) return status;
    if (x->shape.rank != 3 || weight->rank != 4)
        return onnx_fail(r, node, "expected images (C, H, W) and a weight (K, C, height, width)");
    window w = {.size = {(int64_t)weight->dims[2], (int64_t)weight->dims[3]}};
    status = read_window(&w, r, node, &x->shape, value->pads);
    if (status) return status;
    const int64_t groups = onnx_int(node, "group", 1);
    if (!weight->count || groups < 1 || (size_t)groups > weight->dims[0] ||
        weight->dims[0] % (size_t)groups || weight->dims[1] * (size_t)groups != x->shape.size[0])
        return onnx_fail(r, node, "a weight for %zu times %lld channels, found %zu", weight->dims[1],
                         (long long)groups, x->shape.size[0]);
    v.weight = weight;
    v.groups = (size_t)groups;
    v.k = weight->dims[0];
    v.c = weight->dims[1];
    if (v.groups > 8 && (v.c != 1 || v.k != v.groups))
        return onnx_fail(r, node, "%zu groups; 1 to 8 are read, or one for each channel", v.groups);
    bool more = false;
    for (size_t i = 0; i < 2; i++) {
        w.out[i] = places_of(&w, i, w.before[i] + w.behind[i], false);
        if (!w.out[i]) return onnx_fail(r, node, "its kernel is larger than the padded image");
        v.stride[i] = (size_t)w.stride[i];
        v.dilation[i] = (size_t)w.dilation[i];
        more = more || (w.dilation[i] > 1 && w.before[i] != w.behind[i]);
        if (w.before[i] > 64 || w.behind[i] > 64 || w.stride[i] > 64 || w.dilation[i] > 64)
            return onnx_fail(r, node, "pads, strides or dilations above 64");
    }
    if (more) return onnx_fail(r, node, "dilations with pads that differ before and behind");
    v.numbers = widen(v.padding, v.size, r, &w, weight);
    if (v.numbers != weight->floats)
        onnx_note(
            r,
            "the kernel of '%.60s' is widened by zeros to %zu x %zu: its padding is not the same on all "
            "sides",
            weight->name, v.size[0], v.size[1]);
    const Onnx__Node *after = node;
    if (onnx_has_input(node, 2)) {
        status = onnx_numbers(&v.bias_from, r, node, 2);
        if (!status && v.bias_from->count != v.k)
            status = onnx_fail(r, node, "a bias of %zu", v.bias_from->count);
        if (status) return status;
        v.bias = v.bias_from->floats;
    } else {
        v.bias = onnx_take_bias(&v.bias_from, &after, r, node, v.k, 3);
    }
    onnx_begin_layer(r, v.groups == v.k && v.c == 1 ? "depthwise" : "conv", weight->name);
    return onnx_give(r, after, 0, grouped(r, &v, x));
}

/* --- pools --- */

static dsc_status read_pool(onnx_reading *r, const Onnx__Node *node, bool average) {
    onnx_value *value;
    dsc_node *x;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    if (x->shape.rank != 3) return onnx_fail(r, node, "expected images (C, H, W)");
    if (node->n_output > 1 && *node->output[1] && onnx_find(r, node->output[1])->readers)
        return onnx_fail(r, node, "its second output, the places, is used");
    window w = {0};
    if (!onnx_attribute(node, "kernel_shape")) return onnx_fail(r, node, "its kernel_shape is missing");
    status = pair(w.size, r, node, "kernel_shape", 1);
    if (!status) status = read_window(&w, r, node, &x->shape, (int64_t[4]){0});
    if (status) return status;
    size_t size[2], stride[2], padding[2];
    for (size_t i = 0; i < 2; i++) {
        size[i] = (size_t)w.size[i];
        stride[i] = (size_t)w.stride[i];
        padding[i] = (size_t)w.before[i];
        w.out[i] = places_of(&w, i, w.before[i] + w.behind[i], onnx_int(node, "ceil_mode", 0) != 0);
        if (w.dilation[i] != 1) return onnx_fail(r, node, "dilations of a pool");
        if (w.size[i] > 16 || w.stride[i] > 64 || padding[i] >= size[i])
            return onnx_fail(r, node, "a window above 16, strides above 64, or pads as large as the window");
        if (!w.out[i] || places_of(&w, i, 2 * w.before[i], false) != w.out[i])
            return onnx_fail(r, node,
                             "its windows reach over the image's end (pads, SAME_UPPER or ceil_mode), on an "
                             "image of %zu pixels; export it with pads that are the same on both sides",
                             w.in[i]);
    }
    if (average && (padding[0] || padding[1]) && !onnx_int(node, "count_include_pad", 0))
        return onnx_fail(r, node, "an average that leaves the padding out (count_include_pad=0)");
    onnx_begin_layer(r, average ? "average_pool" : "max_pool", NULL);
    return onnx_give(r, node, 0, (average ? dsc_average_pool : dsc_max_pool)(x, size, stride, padding));
}

static dsc_status read_max_pool(onnx_reading *r, const Onnx__Node *node) { return read_pool(r, node, false); }
static dsc_status read_average_pool(onnx_reading *r, const Onnx__Node *node) {
    return read_pool(r, node, true);
}

static dsc_status read_global(onnx_reading *r, const Onnx__Node *node, dsc_node *(*pool)(dsc_node *),
                              const char *layer) {
    onnx_value *value;
    dsc_node *x;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_plain(&x, r, node, value);
    if (status) return status;
    onnx_begin_layer(r, layer, NULL);
    onnx_value like = {.rank = x->shape.rank, .dims = {x->shape.size[0], 1, 1, 1}};
    return onnx_give_like(r, node, 0, pool(x), &like);
}

static dsc_status read_global_average(onnx_reading *r, const Onnx__Node *node) {
    return read_global(r, node, dsc_global_average_pool, "global_average_pool");
}
static dsc_status read_global_max(onnx_reading *r, const Onnx__Node *node) {
    return read_global(r, node, dsc_global_max_pool, "global_max_pool");
}

/* --- padding: kept until a convolution reads it --- */

static dsc_status read_pad(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value, padded;
    const int64_t *pads;
    size_t count, rank;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_list(&pads, &count, r, node, "pads", 1);
    if (status) return status;
    rank = value->rank + 1;
    if (value->scale) { /* zeros after normalisation */
        status = onnx_touch(r, node, value);
        if (status) return status;
    }
    double fill = onnx_real(node, "value", 0);
    if (onnx_has_input(node, 2)) {
        const onnx_constant *constant;
        status = onnx_numbers(&constant, r, node, 2);
        if (status) return status;
        fill = constant->count == 1 ? (double)constant->floats[0] : 1;
    }
    if (!pads || count != 2 * rank || onnx_has_input(node, 3) || fill != 0 ||
        (onnx_attribute(node, "mode") && !onnx_is_text(node, "mode", "constant")))
        return onnx_fail(r, node, "expected zeros around images (C, H, W)");
    bool none = true;
    for (size_t i = 0; i < count; i++) none = none && !pads[i];
    if (none) return onnx_give_same(r, node, value);
    if (value->padded || !onnx_keeps_dimensions(value) || value->rank != 3)
        return onnx_fail(r, node, "expected zeros around images (C, H, W)");
    /* The axes of the file that hold the image's height and width. */
    padded = *value;
    padded.padded = true;
    padded.scale = padded.offset = NULL;
    memset(padded.pads, 0, sizeof padded.pads);
    for (size_t i = 0; i < rank; i++) {
        const size_t own = !i ? 0 : value->reordered ? value->order[i - 1] : i - 1;
        const int64_t before = pads[i], behind = pads[i + rank];
        if (before < 0 || behind < 0 || before > 64 || behind > 64 || ((before || behind) && (!i || !own)))
            return onnx_fail(r, node, "expected 0 to 64 zeros around height and width");
        if (i && own) {
            padded.pads[own - 1] = before;
            padded.pads[own + 1] = behind;
        }
    }
    return onnx_give_same(r, node, &padded);
}

const onnx_row onnx_rows_conv[] = {
    {"Conv", read_conv, NULL},
    {"MaxPool", read_max_pool, NULL},
    {"AveragePool", read_average_pool, NULL},
    {"GlobalMaxPool", read_global_max, NULL},
    {"GlobalAveragePool", read_global_average, NULL},
    {"Pad", read_pad, NULL},
    {0},
};

#endif
