/* SPDX-License-Identifier: MIT */
/* conv2d_images.h: the forms of an image that the products of a convolution read in place, so that no patch
 * is ever gathered.
 *
 * Forward (and by the input) a patch is a row of the left operand. With the channels last, (height, width,
 * channels), and room for the padding, its numbers lie in R runs of S x C, and patches of neighbouring
 * pixels C numbers apart: so the product needs no more than the image itself (dsc_conv_image,
 * dsc_pack_patches). By the weight the rows of the left operand are places (r, s, c) of a patch, and depth
 * runs over the output's pixels: with the channels first, (channels, height, width), those are runs of a
 * plane (dsc_conv_planes, dsc_conv_places). Turning an image costs a pass over it; multiplying by a patch
 * costs R S times its channels.
 *
 * Elements are reals, or for products of pairs ("words" of two) bfloat16. */
#ifndef DSC_OP_CONV2D_IMAGES_H
#define DSC_OP_CONV2D_IMAGES_H

#include "op/op.h"

typedef struct dsc_conv_sizes {
    size_t c, h, w, k, r, s, oh, ow; /* of x (C, H, W), w (K, C, R, S), y (K, OH, OW) */
    size_t patch, pixels, input_pixels;
    size_t stride[2], padding[2], dilation[2];
} dsc_conv_sizes;

/* Elements filled up to whole words. */
static inline size_t dsc_conv_whole_words(size_t elements, const dsc_gemm_kernels *product) {
    const size_t word = product->elements_per_word;
    return (elements + word - 1) / word * word; /* NOLINT(clang-analyzer-core.DivideZero): 1 or 2 */
}

/* --- channels last: conv2d_images.c --- */

typedef struct dsc_conv_image {
    size_t channels, filled;            /* of the source; with zeros behind, to whole words */
    size_t source_height, source_width; /* the source is (channels, source_height, source_width) */
    size_t height, width;               /* with room */
    ptrdiff_t top, left; /* where its first pixel goes; negative: what lies outside is cut off */
    size_t gap_y, gap_x; /* from one of its pixels to the next */
    dsc_form form;       /* of the source */
    bool halves;         /* the image's elements are bfloat16 */
    bool direct;         /* the source is already so */
} dsc_conv_image;

/* x with its padding. `form`: of the source. */
dsc_conv_image dsc_conv_image_of_x(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);

/* dy, with the stride as gaps and the padding that make dx a convolution of stride 1 of it. */
dsc_conv_image dsc_conv_image_of_dy(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);

/* Whether dx is better made the other way round: the products of each pixel of dy with the whole weight,
 * added up where they belong. That needs a pass over R S times dx, and saves multiplying by the zeros around
 * dy and between its pixels. */
bool dsc_conv_scatters(const dsc_conv_sizes *z);

/* dy without room, and dx (input pixels, C) from products (pixels, R S C). */
dsc_conv_image dsc_conv_image_of_dy_alone(const dsc_conv_sizes *z, dsc_form form,
                                          const dsc_gemm_kernels *product);
void dsc_conv_scatter(dsc_real *dx, const dsc_real *products, const dsc_conv_sizes *z,
                      const dsc_vector_kernels *vector);

/* Reals that it takes; reals of scratch that making it takes. */
size_t dsc_conv_image_numbers(const dsc_conv_image *image, const dsc_gemm_kernels *product);
size_t dsc_conv_image_scratch(const dsc_conv_image *image, const dsc_gemm_kernels *product);

/* Makes the image in `room`, and returns it; or returns the source, which is left as it is, where that is
 * already so. `last`: nothing lies behind the source that may be read (dsc_conv_beyond). */
const void *dsc_conv_image_make(void *room, const dsc_conv_image *image, const void *in, bool last,
                                const dsc_gemm_kernels *product, dsc_real *scratch);

/* Bytes from one row of the image to the next. */
size_t dsc_conv_image_row(const dsc_conv_image *image);

/* The patches of such an image for y, and for dx. Depth is (r, s, channel), `filled` channels. Where a
 * product reads its rows in whole tiles (AMX) they are in line: a patch begins at every pixel of the image,
 * so that all lie equally far apart, and those that begin where no output is are left out of what comes out.
 * Their data are still to be set. dsc_conv_apart says how many patches lie between the beginnings of two
 * rows of the output. */
dsc_packer_patches dsc_conv_patches_for_y(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                          const dsc_gemm_kernels *product);
dsc_packer_patches dsc_conv_patches_for_dx(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                           const dsc_gemm_kernels *product);

size_t dsc_conv_apart(const dsc_packer_patches *patches);

/* So many rows behind the last may be read in place: what an image takes has room for them. */
size_t dsc_conv_beyond(const dsc_gemm_kernels *product);

/* (rows, width, channels), `apart` pixels from row to row, to (channels, ...), `plane` numbers from channel
 * to channel. */
void dsc_conv_turn(dsc_real *to, size_t plane, const dsc_real *from, size_t rows, size_t apart, size_t width,
                   size_t channels, const dsc_vector_kernels *vector);

/* --- channels first: conv2d_planes.c --- */

typedef struct dsc_conv_planes {
    dsc_form form; /* of the source */
    bool direct;   /* the source is already so */
    /* S, one for each column of the kernel: neighbouring outputs side by side; or 1, shared by all */
    size_t copies;
    size_t run;         /* elements of a row of the output, filled up to whole words */
    size_t pitch, rows; /* of a plane: elements of a row, rows */
    size_t apart;       /* elements of depth from one row of the output to the next */
    size_t depth;       /* of the product: what stands there behind a row of the output meets zeros in dy */
} dsc_conv_planes;

dsc_conv_planes dsc_conv_planes_of_x(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);
size_t dsc_conv_planes_numbers(const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product);
size_t dsc_conv_planes_scratch(const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product);
/* Not if they are direct. */
void dsc_conv_planes_make(dsc_real *out, const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                          const void *x, const dsc_gemm_kernels *product, dsc_real *scratch);

/* Vector (r, s, c), c fastest: the values that this place of the weight meets, over `depth`: the output's
 * pixels, row by row. Where a product reads its rows in whole tiles (AMX), and channels fill tiles, depth
 * goes along whole rows of a plane: then it is one run, and is read where it lies. */
typedef struct dsc_conv_places {
    dsc_packer packer;
    const dsc_conv_sizes *z;
    dsc_conv_planes planes;
} dsc_conv_places;
dsc_conv_places dsc_conv_places_of(const dsc_conv_planes *planes, const dsc_conv_sizes *z, const void *data,
                                   const dsc_gemm_kernels *product);

#endif
