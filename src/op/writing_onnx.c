/* SPDX-License-Identifier: MIT */
/* writing_onnx.c: ONNX lines shared by several ops; see writing.h. */
#include "op/window.h"
#include "op/writing.h"

#include <stdio.h>

/* "1,2,3": the numbers from `first` to `last`. */
static const char *numbers(char out[96], size_t first, size_t last) {
    size_t at = 0;
    *out = '\0';
    for (size_t i = first; i <= last && at < 80; i++)
        at += (size_t)snprintf(out + at, 96 - at, "%s%zu", i > first ? "," : "", i);
    return out;
}

const char *dsc_write_shape(char out[96], const dsc_shape *shape) {
    size_t at = 0;
    *out = '\0';
    for (size_t i = 0; i < shape->rank && at < 90; i++)
        at += (size_t)snprintf(out + at, 96 - at, "%s%zu", i ? "," : "", shape->size[i]);
    return out;
}

const char *dsc_write_leading(dsc_writing *writing, const dsc_shape_rule *at, size_t i) {
    static const char *const given[] = {"in0", "in1", "in2"}, *const wide[] = {"wide0", "wide1", "wide2"};
    const size_t rank = at->in[0].rank, own = at->in[i].rank;
    char axes[96];
    if (own == rank || (!own && at->role[i] != DSC_ROLE_SAMPLE)) return given[i];
    /* The batch is dimension 0 of a sample value. */
    const size_t batch = at->role[i] == DSC_ROLE_SAMPLE;
    dsc_write_line(writing, "%s = Unsqueeze(%s, [%s])", wide[i], given[i],
                   numbers(axes, own + batch, rank - 1 + batch));
    return wide[i];
}

void dsc_write_reduction(dsc_writing *writing, const dsc_shape_rule *at, const char *global,
                         const char *reduce) {
    const size_t rank = at->in[0].rank, left = at->out[0].rank;
    char axes[96];
    if (rank == left) {
        dsc_write_line(writing, "out0 = Identity(in0)");
    } else if (global && rank == 3 && left == 1) {
        dsc_write_line(writing, "a = %s(in0)", global);
        dsc_write_line(writing, "out0 = Flatten(a) axis=1");
    } else {
        dsc_write_line(writing, "out0 = %s(in0, [%s]) keepdims=0", reduce, numbers(axes, left + 1, rank));
    }
}

/* "pads=1,1,1,1": above, left, below, right. */
static void format_windows(char out[192], const int64_t stride[2], const int64_t padding[2]) {
    (void)snprintf(out, 192, "strides=%lld,%lld pads=%lld,%lld,%lld,%lld", (long long)stride[0],
                   (long long)stride[1], (long long)padding[0], (long long)padding[1], (long long)padding[0],
                   (long long)padding[1]);
}

void dsc_conv_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *product, size_t groups,
                         const int64_t stride[2], const int64_t padding[2], const int64_t dilation[2]) {
    char windows[192];
    format_windows(windows, stride, padding);
    dsc_write_line(writing, "%s = Conv(in0, in1%s) kernel_shape=%zu,%zu %s dilations=%lld,%lld group=%zu",
                   product, at->input_count == 3 ? ", in2" : "", at->in[1].size[2], at->in[1].size[3],
                   windows, (long long)dilation[0], (long long)dilation[1], groups);
}

void dsc_pool_write_onnx(dsc_writing *writing, const dsc_shape_rule *at, const char *type, const char *more) {
    const dsc_pool_values *v = at->values;
    const int64_t stride[2] = {v->stride[0] ? v->stride[0] : v->size[0],
                               v->stride[1] ? v->stride[1] : v->size[1]};
    char windows[192];
    format_windows(windows, stride, v->padding);
    dsc_write_line(writing, "out0 = %s(in0) kernel_shape=%lld,%lld %s%s", type, (long long)v->size[0],
                   (long long)v->size[1], windows, more);
}
