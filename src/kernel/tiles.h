/* SPDX-License-Identifier: MIT */
/* tiles.h: the transforms of a 3 x 3 convolution that is computed in tiles of 2 x 2 results (formulas:
 * op/conv2d_winograd.h), for one row of tiles, channels last.
 *
 * Tile t has element (i, j) of its 4 x 4 in plane 4 i + j, at t times the channels: planes are `plane`
 * elements apart. Rows of pixels are in_row or out_row elements apart. Elements of images and of the operands
 * that values and gradients make are reals, or bfloat16 for products of pairs; sums are always reals.
 * Additions are in a fixed order, so all sets give the same bits. Nothing fails or allocates; any thread may
 * call. */
#ifndef DSC_KERNEL_TILES_H
#define DSC_KERNEL_TILES_H

#include "kernel/kernel.h"

struct dsc_tile_kernels {
    /* 4 rows of 2 tiles + 2 pixels -> 16 planes */
    void (*values)(void *restrict out, size_t plane, const void *restrict in, size_t in_row, size_t tiles,
                   size_t channels);
    /* 2 rows of 2 tiles pixels -> 16 planes, with tiles `apart` elements apart */
    void (*gradients)(void *restrict out, size_t plane, size_t apart, const void *restrict in, size_t in_row,
                      size_t tiles, size_t channels);
    /* 16 planes of (columns + 1) / 2 tiles -> `rows` (1 or 2) rows of `columns` pixels, plus `bias` (NULL:
     * none), then ReLU if requested */
    void (*sums)(void *restrict out, size_t out_row, const dsc_real *restrict in, size_t plane,
                 const dsc_real *restrict bias, bool relu, size_t rows, size_t columns, size_t channels);
    /* likewise, but one row of `tiles` pixels: the largest of each 2 x 2 */
    void (*pooled)(void *restrict out, const dsc_real *restrict in, size_t plane,
                   const dsc_real *restrict bias, bool relu, size_t tiles, size_t channels);
};

#endif
