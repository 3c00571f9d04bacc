/* SPDX-License-Identifier: MIT */
/* conv2d_winograd.h: convolutions of 3 x 3 with stride 1 in tiles of 2 x 2 results, with 16 multiplications
 * for each tile, input channel and output channel instead of 36: the minimal filtering F(2 x 2, 3 x 3) of
 * Winograd, "Arithmetic complexity of computations" (1980); Lavin and Gray, "Fast algorithms for
 * convolutional neural networks" (2016).
 *
 *   y  = A' [ sum over c of     (B' x B) * (G w G') ] A      x: 4 x 4 pixels, neighbours overlap by two
 *   dw = G' [ sum over tiles of (B' x B) * (A dy A') ] G     dy: 2 x 2 pixels; * is element by element
 *   dx = the y of dy with the weight turned by 180 degrees and its channels exchanged
 *
 *        | 1  0 -1  0 |        | 1    0    0  |
 *   B' = | 0  1  1  0 |    G = | 1/2  1/2 1/2 |    A' = | 1  1  1  0 |
 *        | 0 -1  1  0 |        | 1/2 -1/2 1/2 |         | 0  1 -1 -1 |
 *        | 0  1  0 -1 |        | 0    0    1  |
 *
 * The sums over c, or over tiles, are 16 matrix products, one for each element of a 4 x 4 tile. A strip of
 * tiles is computed at a time, as much as fits the second-level cache: some rows of one image, or several
 * small images, so that the weight is not read for a few tiles alone. y and dx do not depend on the strips.
 * Rounding errors are about twice those of the plain sum. An infinite pixel may make any result of its tiles
 * infinite or NaN.
 *
 * Images have their channels last and are padded to whole tiles (dsc_conv_image). Their elements, and those
 * of the operands, are reals, or bfloat16 for products of pairs; then a transformed value is rounded to
 * bfloat16, as each weight is. Nothing here allocates or fails; any thread may call with its own scratch. */
#ifndef DSC_OP_CONV2D_WINOGRAD_H
#define DSC_OP_CONV2D_WINOGRAD_H

#include "kernel/tiles.h"
#include "op/conv2d_images.h"

enum { DSC_WINOGRAD_PLANES = 16 };

/* Whether this method is possible and faster for a convolution with these sizes. */
bool dsc_winograd_pays(const dsc_conv_sizes *z, const dsc_needs *needs);

/* Element `plane` of G w G' is a sum of places of the kernel, each times a factor. */
typedef struct dsc_winograd_term {
    size_t place;
    dsc_real factor;
} dsc_winograd_term;

/* Sets the terms of a plane and returns their number; `turned`: of the kernel turned by 180 degrees. */
size_t dsc_winograd_terms(dsc_winograd_term terms[9], size_t plane, bool turned);

/* How a result (height, width, columns) is computed from an image with `channels` channels. */
typedef struct dsc_winograd {
    const dsc_tile_kernels *tiles;
    size_t element; /* bytes of an element of images and operands */
    size_t channels, columns, height, width;
    size_t tile_columns;      /* tiles in a row */
    size_t strip, images;     /* rows of tiles in a strip; images in a strip: more than 1 if they are whole */
    size_t image_row;         /* elements between rows of the image */
    size_t left_plane, plane; /* elements between planes of the transformed image; of sums, or of dw's dy */
    size_t right_row;         /* of dw: elements between tiles of the transformed dy */
    size_t left_numbers;      /* reals of scratch for the transformed image */
    dsc_packer left, right;   /* operands of a product, without data */
    dsc_gemm product;
    dsc_gemm_plan plan;
} dsc_winograd;

/* Plan y or dx, whose right operands are the weight, packed; and dw, whose right operands are made from dy.
 * `samples`: the most that are computed together. *w must not move afterwards. */
void dsc_winograd_plan_result(dsc_winograd *w, const dsc_conv_image *image, size_t columns, size_t height,
                              size_t width, size_t samples, const dsc_gemm_kernels *product);
void dsc_winograd_plan_weight(dsc_winograd *w, const dsc_conv_image *image, size_t columns, size_t height,
                              size_t width, size_t samples, const dsc_gemm_kernels *product);

/* Reals of scratch; w.plan.workspace bytes are needed besides. */
size_t dsc_winograd_scratch(const dsc_winograd *w);

typedef struct dsc_winograd_room {
    dsc_real *scratch;
    void *workspace;
} dsc_winograd_room;

/* Rows of tiles of a strip that begins at row `row` of `rows` rows of the result. */
size_t dsc_winograd_rows(const dsc_winograd *w, size_t row, size_t rows);

/* Transforms rows of tiles of an image, from `image` on, as number `i` in the strip. */
void dsc_winograd_read(const dsc_winograd *w, size_t i, const void *image, size_t tile_rows,
                       const dsc_winograd_room *room);

/* y and dx: multiplies a strip of `images` images by the weight, of which `packed` has 16 operands, `operand`
 * bytes apart. */
void dsc_winograd_multiply(const dsc_winograd *w, size_t images, size_t tile_rows,
                           const unsigned char *packed, size_t operand, const dsc_winograd_room *room);

/* What to do with a result: add `bias` (columns; NULL: none), apply ReLU, keep the largest of each 2 x 2. */
typedef struct dsc_winograd_end {
    const dsc_real *bias;
    bool relu, pool;
} dsc_winograd_end;

/* Stores `rows` rows of result number `i` of the strip; with `pool`, rows / 2 rows of width / 2 pixels. */
void dsc_winograd_write(void *out, const dsc_winograd *w, size_t i, size_t rows, const dsc_winograd_end *end,
                        const dsc_winograd_room *room);

/* dw: transforms rows of tiles of dy, whose rows are dy_row elements apart; it has zeros behind its edges. */
void dsc_winograd_read_gradient(const dsc_winograd *w, size_t i, const void *dy, size_t dy_row,
                                size_t tile_rows, const dsc_winograd_room *room);

/* dw: sums (16, channels, columns) = or += the sum over the strip's tiles. */
void dsc_winograd_add(dsc_real *sums, bool accumulate, const dsc_winograd *w, size_t images, size_t tile_rows,
                      const dsc_winograd_room *room);

/* dw (K, C, 3, 3) = G' sums G. */
void dsc_winograd_finish(dsc_real *dw, const dsc_real *sums, size_t channels, size_t columns,
                         const dsc_vector_kernels *vector);

#endif
