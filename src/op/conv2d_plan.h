/* SPDX-License-Identifier: MIT */
/* conv2d_plan.h: declarations shared by the files of the convolution: the op's plan, made once in conv2d.c.
 *
 *   conv2d.c            the plan; y
 *   conv2d_backward.c   dx, dw and db
 *   conv2d_weight.c     the weight, packed for y and for dx
 *   conv2d_tiles.c      y, dx and dw of 3 x 3 kernels in tiles of 2 x 2 results, by conv2d_winograd.h
 *   conv2d_target.c     stores the rows of a product as y or dx, in any form
 *   conv2d_images.c     x and dy with the channels last, read in place for y and dx
 *   conv2d_planes.c     x with the channels first, read in place for dw */
#ifndef DSC_OP_CONV2D_PLAN_H
#define DSC_OP_CONV2D_PLAN_H

#include "op/conv2d_winograd.h"

typedef struct dsc_conv_values {
    int64_t stride[2], padding[2], dilation[2];
    /* not parameters: `absorb` sets them for inference. The pool is 2 x 2 with stride 2 */
    bool relu, pool;
} dsc_conv_values;

/* The weight (K, C, R, S) as the right operand. For y: vector k, depth (r, s, c). For dx: vector c, depth
 * (r', s', k) with the kernel rotated by 180 degrees; or, for a scatter, vector (r, s, c), depth k. Depth has
 * `filled` channels; the missing ones are zero. In tiles (conv2d_winograd.h): 16 operands of depth c or k. */
typedef struct dsc_conv_weight {
    dsc_packer packer;
    size_t vectors, depth; /* of an operand */
    const dsc_real *w;
    size_t channels, filled, rs, vector_channels;
    size_t vector_stride, channel_stride; /* in w */
    bool turned;
    size_t operands, bytes; /* number of operands; bytes from one packed operand to the next */
    size_t panels, scratch; /* panels of an operand; reals of scratch for packing one */
    /* In tiles, while a panel is packed: the terms of an element of the operand; `wide` vectors from `first`
     * on, with the places of the weight apart (9, depth, wide). */
    dsc_winograd_term terms[9];
    size_t term_count, first, wide;
    const dsc_real *taken;
} dsc_conv_weight;

/* Packs panel number `panel` of each operand into `packed`. */
void dsc_conv_weight_pack(void *packed, const dsc_conv_weight *weight, const dsc_real *w, size_t panel,
                          const dsc_gemm_kernels *product, dsc_real *scratch);

dsc_conv_weight dsc_conv_weight_for_y(const dsc_conv_sizes *z, size_t filled,
                                      const dsc_gemm_kernels *product);
dsc_conv_weight dsc_conv_weight_for_dx(const dsc_conv_sizes *z, size_t filled,
                                       const dsc_gemm_kernels *product);

/* dy as the left operand for dx: its patches, or for a scatter its pixels. */
typedef union dsc_conv_rows {
    dsc_packer packer;
    dsc_packer_patches patches;
} dsc_conv_rows;

/* Offsets in the scratch, in reals: the image or planes, the source they are made from, and the result. */
typedef struct dsc_conv_room {
    size_t image, source, tiles, out, pooled, workspace; /* y */
    size_t sums;                                         /* (R S C, K): dw of the samples so far */
    size_t back_image, back_source, back_tiles, back_out, scattered, back_workspace; /* dx */
    size_t planes, rounded, dy, packed; /* dw; shares its space with dx */
    size_t x_image, x_source;           /* dw in tiles */
} dsc_conv_room;

typedef struct dsc_conv_plan {
    dsc_conv_sizes z;
    bool relu, pool, scatters;
    dsc_form x_form, y_form;             /* of the gradients too */
    dsc_conv_weight y_weight, dx_weight; /* dx_weight.panels is 0 if dx is not requested */
    size_t packed_dx;                    /* its offset in `shared`, in bytes */
    dsc_conv_image x, dy, dy_alone;      /* dy_alone: for dw in tiles */
    dsc_conv_planes planes;
    /* The left operands and the products, without data, and their blocking. */
    dsc_packer_patches y_rows;
    dsc_conv_rows dx_rows;
    dsc_conv_places dw_rows;
    dsc_gemm y, dx, dw;
    size_t y_apart, dx_apart; /* rows of the product from one output row to the next */
    dsc_gemm_plan y_plan, dx_plan, dw_plan;
    dsc_winograd y_tiles, dx_tiles, dw_tiles; /* instead, if z.in_tiles */
    dsc_conv_room room;
    size_t single_tiles; /* of a single image */
} dsc_conv_plan;

/* In tiles: y; `rows` rows of a single image's y from `image`; dx; dw. */
void dsc_conv_tiles_y(const dsc_call *call);
void dsc_conv_tiles_rows(const dsc_call *call, dsc_real *to, const void *image, size_t rows);
void dsc_conv_tiles_dx(const dsc_call *call);
void dsc_conv_tiles_dw(const dsc_call *call);

/* Rows of a product over patches that produce `rows` output rows of width `width`. */
static inline size_t dsc_conv_lines(size_t rows, size_t apart, size_t width) {
    return (rows - 1) * apart + width;
}

/* Plans dx and dw; returns the workspace bytes of their products. */
size_t dsc_conv_plan_backward(const dsc_needs *needs, dsc_conv_plan *plan);
void dsc_conv_backward(const dsc_call *call);

/* Destination of a product's rows: pixels of an image, `width` in a row, with `channels` channels.
 * Consecutive pixel rows are `apart` rows of the product apart. DSC_FORM_REALS: channels are `plane` elements
 * apart. */
typedef struct dsc_conv_target {
    dsc_form form;
    dsc_real *to;
    size_t height, width, channels, apart, plane;
} dsc_conv_target;

/* Computes the product, whose columns are channels, into `target`. `room` has space for the whole product; it
 * is used if the product cannot be stored directly. */
void dsc_conv_product(const dsc_gemm_plan *plan, dsc_gemm *gemm, const dsc_conv_target *target,
                      dsc_real *room, void *workspace, const dsc_vector_kernels *vector);

/* Stores (height, width, channels), rows `apart` pixels apart, to the target. */
void dsc_conv_deliver(const dsc_conv_target *target, const dsc_real *from, const dsc_vector_kernels *vector);

/* Number of tiles if the product is rounded to bfloat16 tile by tile, while a tile is in the first-level
 * cache; otherwise 1. */
size_t dsc_conv_tiles(dsc_form form, const dsc_gemm *gemm);

/* Computes the product in the calling thread. */
static inline void dsc_conv_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, void *workspace) {
    dsc_gemm_run(plan, gemm, 0, plan->tiles, workspace);
}

#endif
