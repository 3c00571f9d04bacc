/* SPDX-License-Identifier: MIT */
/* window.h: a window that slides along one axis of an image. Its taps meet pixel
 *
 *   place * stride + tap * dilation - padding
 *   place < out = (in + 2 padding - dilation (size - 1) - 1) / stride + 1
 *
 * All values are in pixels; stride and dilation are at least 1. */
#ifndef DSC_OP_WINDOW_H
#define DSC_OP_WINDOW_H

#include "op/op.h"

typedef struct dsc_window {
    size_t in, out, size, stride, padding, dilation;
} dsc_window;

/* Sets `out` from the other members. DSC_ERROR_ARGUMENT: the window is larger than the padded image. */
dsc_status dsc_window_fit(dsc_window *window, dsc_error *error);

/* The places at which `tap` lies inside the image: begin <= place < end. */
static inline void dsc_window_places(size_t *begin, size_t *end, const dsc_window *w, size_t tap) {
    size_t at = tap * w->dilation;
    *begin = at < w->padding ? (w->padding - at + w->stride - 1) / w->stride : 0;
    *end = at < w->in + w->padding ? (w->in + w->padding - at - 1) / w->stride + 1 : 0;
    if (*end > w->out) *end = w->out;
    if (*end < *begin) *end = *begin;
}

/* The taps inside the image at `place`, for dilation 1: begin <= tap < end. */
static inline void dsc_window_taps(size_t *begin, size_t *end, const dsc_window *w, size_t place) {
    size_t at = place * w->stride;
    *begin = at < w->padding ? w->padding - at : 0;
    *end = w->in + w->padding - at;
    if (*end > w->size) *end = w->size;
}

/* The pixel of a tap; it must lie inside the image. */
static inline size_t dsc_window_pixel(const dsc_window *w, size_t place, size_t tap) {
    return place * w->stride + tap * w->dilation - w->padding;
}

/* --- shared by the pools: x (C, H, W) -> (C, OH, OW) --- */

/* A window of at most 16 x 16, so that a place in it fits a byte. */
typedef struct dsc_pool_values {
    int64_t size[2], stride[2], padding[2]; /* a stride of 0 means the size */
} dsc_pool_values;

extern const dsc_param dsc_pool_params[];

dsc_status dsc_pool_shapes(dsc_shape_rule *rule, dsc_error *error);
void dsc_pool_windows(dsc_window windows[2], const dsc_pool_values *values, const dsc_shape *in);
/* Writes a pool's line with dsc_write_line: `call` with its first operands, then the sizes and the closing
 * parenthesis. */
void dsc_pool_write_c(dsc_writing *writing, const char *call, const dsc_shape_rule *at);
dsc_node *dsc_pool_apply(const dsc_op *op, dsc_node *x, const size_t size[2], const size_t stride[2],
                         const size_t padding[2]);

#endif
