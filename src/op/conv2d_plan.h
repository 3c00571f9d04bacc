/* SPDX-License-Identifier: MIT */
/* conv2d_plan.h: what the files of the convolution share: the op's plan, made once in conv2d.c.
 *
 *   conv2d.c            the plan; y
 *   conv2d_backward.c   dx, dw and db
 *   conv2d_weight.c     the weight, packed for y and for dx
 *   conv2d_target.c     from rows of a product to y and dx, in whatever form
 *   conv2d_images.c     x and dy with the channels last, which y and dx read in place
 *   conv2d_planes.c     x with the channels first, which dw reads in place */
#ifndef DSC_OP_CONV2D_PLAN_H
#define DSC_OP_CONV2D_PLAN_H

#include "op/conv2d_images.h"

typedef struct dsc_conv_values {
    int64_t stride[2], padding[2], dilation[2];
    /* no parameters: set for inference alone, by absorb. The pool is of 2 x 2, side by side */
    bool relu, pool;
} dsc_conv_values;

/* The weight (K, C, R, S) as a product's right side: vector k, depth (r, s, c) for y; vector c, depth (r',
 * s', k) with the kernel turned half around for dx, or vector (r, s, c), depth k where dx is scattered.
 * `filled` channels of depth, those that are not there zero. */
typedef struct dsc_conv_weight {
    dsc_packer packer;
    size_t vectors, depth; /* of the operand */
    const dsc_real *w;
    size_t channels, filled, rs, vector_channels;
    size_t vector_stride, channel_stride; /* in w */
    bool turned;
    size_t panels;
} dsc_conv_weight;

/* `w` is still to be set. */
dsc_conv_weight dsc_conv_weight_for_y(const dsc_conv_sizes *z, size_t filled,
                                      const dsc_gemm_kernels *product);
dsc_conv_weight dsc_conv_weight_for_dx(const dsc_conv_sizes *z, size_t filled,
                                       const dsc_gemm_kernels *product);

/* dy as the left side of dx: its patches, or where dx is scattered its pixels. */
typedef union dsc_conv_rows {
    dsc_packer packer;
    dsc_packer_patches patches;
} dsc_conv_rows;

/* Where things lie in the scratch, in numbers. An image or planes, what they are made from, and what comes
 * out. */
typedef struct dsc_conv_room {
    size_t image, source, out, pooled, workspace; /* y */
    size_t sums;                                  /* (R S C, K): dw of the samples so far */
    size_t back_image, back_source, back_out, scattered, back_workspace; /* dx */
    size_t planes, rounded, dy, packed;                                  /* dw, in the same place */
} dsc_conv_room;

typedef struct dsc_conv_plan {
    dsc_conv_sizes z;
    bool relu, pool, scatters;
    dsc_form x_form, y_form;             /* of the gradients too */
    dsc_conv_weight y_weight, dx_weight; /* dx_weight.panels 0: not wanted */
    size_t packed_dx;                    /* where that lies in `shared`, in bytes */
    dsc_conv_image x, dy;
    dsc_conv_planes planes;
    /* The left sides of the three products and the products, both without their data, and
     * how they are cut. */
    dsc_packer_patches y_rows;
    dsc_conv_rows dx_rows;
    dsc_conv_places dw_rows;
    dsc_gemm y, dx, dw;
    size_t y_apart, dx_apart; /* rows of the product from one row of the output to the next */
    dsc_gemm_plan y_plan, dx_plan, dw_plan;
    dsc_conv_room room;
    size_t single_tiles; /* of one image alone */
} dsc_conv_plan;

/* Rows of a product of patches that make `rows` rows of the output, `width` wide. */
static inline size_t dsc_conv_lines(size_t rows, size_t apart, size_t width) {
    return (rows - 1) * apart + width;
}

/* Plans dx and dw; returns the bytes of workspace that their products take. */
size_t dsc_conv_plan_backward(const dsc_needs *needs, dsc_conv_plan *plan);
void dsc_conv_backward(const dsc_call *call);

/* Where rows of a product end up: pixels of an image, `width` in a row, of `channels` channels; `apart` rows
 * of the product from one row of pixels to the next. `plane`: numbers from channel to channel, of
 * DSC_FORM_REALS. */
typedef struct dsc_conv_target {
    dsc_form form;
    dsc_real *to;
    size_t height, width, channels, apart, plane;
} dsc_conv_target;

/* Computes the product, whose columns are the channels, into `target`. `room`: numbers for the whole product,
 * used unless it can go straight there. */
void dsc_conv_product(const dsc_gemm_plan *plan, dsc_gemm *gemm, const dsc_conv_target *target,
                      dsc_real *room, void *workspace, const dsc_vector_kernels *vector);

/* (height, width, channels), `apart` pixels from row to row, to the target. */
void dsc_conv_deliver(const dsc_conv_target *target, const dsc_real *from, const dsc_vector_kernels *vector);

/* In how many tiles a product is cut that is rounded to bfloat16 tile by tile, while a tile is in the
 * first-level cache; 1 of one that is not. */
size_t dsc_conv_tiles(dsc_form form, const dsc_gemm *gemm);

/* One thread computes the product. */
static inline void dsc_conv_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, void *workspace) {
    dsc_gemm_run(plan, gemm, 0, plan->tiles, workspace);
}

#endif
