/* SPDX-License-Identifier: MIT */
/* window.c: windows over an image, and shared code of the pools. */
#include "op/window.h"

dsc_status dsc_window_fit(dsc_window *w, dsc_error *error) {
    size_t padded = w->in + 2 * w->padding, reach = w->dilation * (w->size - 1) + 1;
    if (reach > padded)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the window reaches over %zu pixels, but the padded image has only %zu; use a "
                        "smaller window or more padding",
                        reach, padded);
    w->out = (padded - reach) / w->stride + 1;
    return DSC_OK;
}

const dsc_param dsc_pool_params[] = {
    DSC_PAIR(dsc_pool_values, size, "2", 1, 16, "size of the window in pixels"),
    DSC_PAIR(dsc_pool_values, stride, "0", 0, 64,
             "pixels between neighbouring windows; 0: the window's size"),
    DSC_PAIR(dsc_pool_values, padding, "0", 0, 15, "pixels around the image; less than the window's size"),
    {0},
};

void dsc_pool_windows(dsc_window windows[2], const dsc_pool_values *values, const dsc_shape *in) {
    for (size_t axis = 0; axis < 2; axis++) {
        dsc_window *w = &windows[axis];
        *w =
            (dsc_window){.in = in->size[1 + axis],
                         .size = (size_t)values->size[axis],
                         .stride = (size_t)(values->stride[axis] ? values->stride[axis] : values->size[axis]),
                         .padding = (size_t)values->padding[axis],
                         .dilation = 1};
        (void)dsc_window_fit(w, NULL);
    }
}

void dsc_pool_write_c(dsc_writing *writing, const char *call, const dsc_shape_rule *at) {
    enum { Y, X };
    dsc_window w[2];
    dsc_pool_windows(w, at->values, &at->in[0]);
    dsc_write_line(writing, "%s, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu)", call,
                   at->in[0].size[0], w[Y].in, w[X].in, w[Y].size, w[X].size, w[Y].stride, w[X].stride,
                   w[Y].padding, w[X].padding, w[Y].out, w[X].out);
}

dsc_status dsc_pool_shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_pool_values *values = rule->values;
    if (rule->in[0].rank != 3) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C, H, W)");
    for (size_t axis = 0; axis < 2; axis++)
        if (values->padding[axis] >= values->size[axis])
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a padding smaller than the window");
    dsc_window windows[2];
    dsc_pool_windows(windows, values, &rule->in[0]);
    rule->out[0] = (dsc_shape){.rank = 3, .size = {rule->in[0].size[0]}};
    for (size_t axis = 0; axis < 2; axis++) {
        dsc_status status = dsc_window_fit(&windows[axis], error);
        if (status) return status;
        rule->out[0].size[1 + axis] = windows[axis].out;
    }
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

dsc_node *dsc_pool_apply(const dsc_op *op, dsc_node *x, const size_t size[2], const size_t stride[2],
                         const size_t padding[2]) {
    dsc_pool_values values = {.size = {2, 2}};
    for (size_t axis = 0; axis < 2; axis++) {
        if (size) values.size[axis] = (int64_t)size[axis];
        if (stride) values.stride[axis] = (int64_t)stride[axis];
        if (padding) values.padding[axis] = (int64_t)padding[axis];
    }
    return dsc_apply(op, (dsc_node *[]){x}, 1, &values);
}
