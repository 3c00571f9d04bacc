/* SPDX-License-Identifier: MIT */
/* pack.h: packers define the elements (vector, depth) of a product's operand.
 *
 *   operand                          vector is        depth is       packer
 *   A = X (rows, k)                  a row            k              dsc_pack_matrix(x, x_row, 1)
 *   A = X transposed, X (k, rows)    a column of X    a row of X     dsc_pack_matrix(x, 1, x_row)
 *   B = X (k, columns)               a column of X    a row of X     dsc_pack_matrix(x, 1, x_row)
 *   B = X transposed (columns, k)    a row of X       k              dsc_pack_matrix(x, x_row, 1)
 *   A of a forward convolution       an output pixel  a patch place  dsc_packer_patches
 *
 * A custom packer is a struct whose first member is a dsc_packer with `fill` set. Packers own nothing. */
#ifndef DSC_KERNEL_PACK_H
#define DSC_KERNEL_PACK_H

#include "kernel/kernel.h"

typedef struct dsc_packer dsc_packer;

/* Writes element (v, k) to out[(v - vector) * vector_step + (k - depth) * depth_step] for `vectors` vectors
 * from `vector` and `depths` elements from `depth`. One of the two steps is 1. Many threads call it
 * concurrently. */
typedef void dsc_pack_fill(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                           ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                           size_t depth, size_t depths);

/* Addresses of vectors that a product may read in place: `vectors` of them with the same stride. Element k of
 * the first is at[k / run * run_stride + k % run * depth_stride]. */
typedef struct dsc_vector_place {
    const void *at; /* reals, */
    bool halves;    /* or bfloat16 (the upper halves of floats) */
    ptrdiff_t vector_stride, depth_stride, run_stride;
    size_t vectors, run;
} dsc_vector_place;

/* Returns false if the vectors must be packed. */
typedef bool dsc_pack_place(dsc_vector_place *place, const dsc_packer *packer, size_t vector);

struct dsc_packer {
    dsc_pack_fill *fill;
    dsc_pack_place *place; /* NULL: never read in place */
    bool transposed;       /* vectors, not depth, are contiguous: packing reads across vectors */
    bool rounded;          /* all values are already exact in bfloat16 */
    /* For reads in place: this many vectors behind the last may be read; their contents are ignored. */
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

/* Patches of images (N, H, W, C), channels last: the operand that convolution multiplies by its weights
 * (im2col without a copy). A vector is an output pixel (n, oy, ox), ox fastest. Depth is a patch place (ky,
 * kx, c), c fastest. The element is
 *   image n, y = oy * stride_y + ky * dilation_y, x = ox * stride_x + kx * dilation_x, channel c
 * and must lie inside: padding is part of the image. A product reads patches in place if dilation_x is 1. */
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

/* Conversion to bfloat16 (nearest, ties to even; NaN stays NaN) and back. */
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
