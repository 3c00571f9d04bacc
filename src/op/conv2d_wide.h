/* SPDX-License-Identifier: MIT */
/* conv2d_wide.h: convolutions of stride 1 over whole rows.
 *
 * For stride 1 the patch place (c, r, s) of all output pixels is the image, shifted: seen as one long row, element j
 * of it is x[c, (r, s) + j]. So the patches need no gathering: every row of the patch matrix is a run of the image,
 * if the output is computed as wide as the image, and the last (S - 1) columns of each row, which hold nothing
 * sensible, are left out afterwards (or are zero on the way back). That costs W / OW times the products and saves
 * packing pixel by pixel, which costs more.
 */
#ifndef DSC_OP_CONV2D_WIDE_H
#define DSC_OP_CONV2D_WIDE_H

#include "op/op.h"

typedef struct dsc_conv_sizes {
    size_t c, h, w, k, r, s, oh, ow; /* of x (C, H, W), w (K, C, R, S), y (K, OH, OW) */
    size_t patch, pixels, input_pixels;
    size_t stride[2], padding[2], dilation[2];
} dsc_conv_sizes;

/* Stride 1, and padding no wider than the kernel's reach. */
bool dsc_conv_is_wide(const dsc_conv_sizes *z);

/* Bytes of scratch that the functions below need; `back`: the backward ones too. */
size_t dsc_conv_wide_scratch(const dsc_gemm_kernels *product, const dsc_conv_sizes *z, bool back);

/* y (K, OH, OW) of one sample x (C, H, W). `packed` is the weight (K, C R S), packed as A. `bias` may be NULL. */
void dsc_conv_wide_forward(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *y, const dsc_real *x,
                           const void *packed, const dsc_real *bias);

/* dx (C, H, W) of one sample. `packed` is the turned weight (C, K R S), packed as A. */
void dsc_conv_wide_dx(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *dx, const dsc_real *dy,
                      const void *packed);

/* dw (K, C R S), summed over the call's samples x (count, C, H, W), dy (count, K, OH, OW). */
void dsc_conv_wide_dw(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *dw, const dsc_real *x,
                      const dsc_real *dy);

#endif
