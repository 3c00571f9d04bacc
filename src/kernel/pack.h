/* SPDX-License-Identifier: MIT */
/* pack.h: packers: what the vectors of a product's operand hold, element (vector, depth).
 *
 *   operand                          vector is        depth is       packer
 *   A = X (rows, k)                  a row            k              dsc_pack_matrix(x, x_row, 1)
 *   A = X transposed, X (k, rows)    a column of X    a row of X     dsc_pack_matrix(x, 1, x_row)
 *   B = X (k, columns)               a column of X    a row of X     dsc_pack_matrix(x, 1, x_row)
 *   B = X transposed (columns, k)    a row of X       k              dsc_pack_matrix(x, x_row, 1)
 *   A of a forward convolution       an output pixel  a patch place  dsc_packer_patches
 *
 * A packer of one's own is a struct whose first member is a dsc_packer with `fill` set.
 */
#ifndef DSC_KERNEL_PACK_H
#define DSC_KERNEL_PACK_H

#include "kernel/kernel.h"

typedef struct dsc_packer dsc_packer;

/* Writes element (v, k) to out[(v - vector) * vector_step + (k - depth) * depth_step] for the `vectors`
 * vectors from `vector` and the `depths` elements from `depth`. One of the steps is 1. Called by many
 * threads at once. */
typedef void dsc_pack_fill(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                           ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                           size_t depth, size_t depths);

/* Where vectors lie if a product may read them in place, `vectors` of them with the same stride: element k
 * of the first is at[k / run * run_stride + k % run * depth_stride]. */
typedef struct dsc_vector_place {
    const void *at; /* reals, */
    bool halves;    /* or bfloat16, the upper halves of floats */
    ptrdiff_t vector_stride, depth_stride, run_stride;
    size_t vectors, run;
} dsc_vector_place;

/* False if they must be packed. */
typedef bool dsc_pack_place(dsc_vector_place *place, const dsc_packer *packer, size_t vector);

struct dsc_packer {
    dsc_pack_fill *fill;
    dsc_pack_place *place; /* NULL: never in place */
    bool transposed;       /* vectors lie side by side rather than depth: packing goes across them */
    bool rounded;          /* what it gives are bfloat16's values already */
    /* Of what is read in place: so many vectors behind the last may be read, whatever they hold. */
    size_t beyond;
    /* Of a plain matrix: element (v, k) is matrix[v * vector_stride + k * depth_stride], a real or a
     * bfloat16. */
    const void *matrix;
    bool halves;
    ptrdiff_t vector_stride, depth_stride;
};

/* Matrices with any strides, in elements. */
dsc_packer dsc_pack_matrix(const dsc_real *matrix, ptrdiff_t vector_stride, ptrdiff_t depth_stride);
dsc_packer dsc_pack_halves(const uint16_t *matrix, ptrdiff_t vector_stride, ptrdiff_t depth_stride);

/* Patches of images (N, H, W, C), channels last, what convolution multiplies by its weights (im2col, read
 * where it lies). A pixel is (n, oy, ox), ox fastest; a patch place is (ky, kx, c), c fastest. Element:
 *   image n, y = oy * stride_y + ky * dilation_y, x = ox * stride_x + kx * dilation_x, channel c
 * which must be inside: room for padding is part of the image. A vector is a pixel, depth is a place. Where
 * dilation_x is 1 a product reads them in place. */
typedef struct dsc_packer_patches {
    dsc_packer packer;
    const void *elements; /* reals, */
    bool halves;          /* or bfloat16 */
    size_t channels, height, width;
    size_t kernel_height, kernel_width, output_height, output_width;
    size_t stride_y, stride_x, dilation_y, dilation_x; /* at least 1 */
} dsc_packer_patches;
/* Sets strides and dilations to 1 and sizes to 0. */
void dsc_pack_patches_init(dsc_packer_patches *packer, const void *elements, bool halves);

/* bfloat16, to the nearest, ties to even; NaN stays NaN; and back. */
static inline uint16_t dsc_bf16_from_float(float value) {
    union {
        float f;
        uint32_t u;
    } bits = {value};
    if ((bits.u & 0x7fffffffu) > 0x7f800000u) return (uint16_t)(bits.u >> 16 | 0x40u);
    return (uint16_t)((bits.u + 0x7fffu + (bits.u >> 16 & 1u)) >> 16);
}
static inline float dsc_bf16_to_float(uint16_t value) {
    union {
        uint32_t u;
        float f;
    } bits = {(uint32_t)value << 16};
    return bits.f;
}

#endif
