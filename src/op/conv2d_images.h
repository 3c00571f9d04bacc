/* SPDX-License-Identifier: MIT */
/* conv2d_images.h: image layouts that the products of a convolution read in place, so that no patch is ever
 * copied.
 *
 * y and dx: a patch is a row of the left operand. With channels last, (height, width, channels), and padding
 * included, a patch consists of R runs of S x C elements, and patches of neighbouring pixels are C elements
 * apart. The product therefore needs only the image (dsc_conv_image, dsc_pack_patches). dw: the rows of the
 * left operand are places (r, s, c) of a patch, and depth runs over the output pixels. With channels first,
 * (channels, height, width), these are runs of a plane (dsc_conv_planes, dsc_conv_places). Transposing an
 * image costs one pass; multiplying its patches costs R S times the output channels.
 *
 * Elements are reals, or bfloat16 for products of pairs ("words" of two). These functions allocate nothing
 * and cannot fail; any thread may call them with its own buffers. */
#ifndef DSC_OP_CONV2D_IMAGES_H
#define DSC_OP_CONV2D_IMAGES_H

#include "op/op.h"

typedef struct dsc_conv_sizes {
    size_t c, h, w, k, r, s, oh, ow; /* of x (C, H, W), w (K, C, R, S), y (K, OH, OW) */
    size_t patch, pixels, input_pixels;
    size_t stride[2], padding[2], dilation[2];
    bool in_tiles; /* of 2 x 2 results (conv2d_winograd.h): images have room for whole tiles */
} dsc_conv_sizes;

/* Rounds `elements` up to whole words. */
static inline size_t dsc_conv_whole_words(size_t elements, const dsc_gemm_kernels *product) {
    const size_t word = product->elements_per_word;
    return (elements + word - 1) / word * word; /* NOLINT(clang-analyzer-core.DivideZero): 1 or 2 */
}

/* --- channels last: conv2d_images.c --- */

typedef struct dsc_conv_image {
    size_t channels, filled;            /* of the source; padded with zeros to whole words */
    size_t source_height, source_width; /* the source is (channels, source_height, source_width) */
    size_t height, width;               /* padding included */
    ptrdiff_t top, left; /* position of the source's first pixel; negative: the outside is cut off */
    size_t gap_y, gap_x; /* distance between source pixels in the image */
    dsc_form form;       /* of the source */
    bool halves;         /* the image's elements are bfloat16 */
    bool direct;         /* the source already has this layout */
} dsc_conv_image;

/* x with its padding; `form` is that of the source. */
dsc_conv_image dsc_conv_image_of_x(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);

/* dy with the stride as gaps, and padded so that dx is a convolution of stride 1 over it. */
dsc_conv_image dsc_conv_image_of_dy(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);

/* Whether dx is faster as a scatter: multiply each pixel of dy by the whole weight and add the products where
 * they belong. This needs a pass over R S times dx and saves multiplying by the zeros around and between the
 * pixels of dy. */
bool dsc_conv_scatters(const dsc_conv_sizes *z);

/* dy without padding; and the scatter of products (pixels, R S C) into dx (input pixels, C). */
dsc_conv_image dsc_conv_image_of_dy_alone(const dsc_conv_sizes *z, dsc_form form,
                                          const dsc_gemm_kernels *product);
void dsc_conv_scatter(dsc_real *dx, const dsc_real *products, const dsc_conv_sizes *z,
                      const dsc_vector_kernels *vector);

/* Size of the image and of the scratch to make it, in reals. */
size_t dsc_conv_image_numbers(const dsc_conv_image *image, const dsc_gemm_kernels *product);
size_t dsc_conv_image_scratch(const dsc_conv_image *image, const dsc_gemm_kernels *product);

/* Makes the image in `room` and returns it, or returns the source if the source already has the layout.
 * `behind` sources lie directly behind this one; other memory behind it may not be read (dsc_conv_beyond). */
const void *dsc_conv_image_make(void *room, const dsc_conv_image *image, const void *in, size_t behind,
                                const dsc_gemm_kernels *product, dsc_real *scratch);

/* Bytes between rows of the image. */
size_t dsc_conv_image_row(const dsc_conv_image *image);

/* The patches of an image for y and for dx; the caller sets their data. Depth is (r, s, channel) with
 * `filled` channels. If the product reads whole tiles of rows (AMX), the patches are in line: one patch
 * starts at every pixel of the image, so all have the same distance, and patches without an output are
 * dropped from the result. dsc_conv_apart returns the number of patches from the start of one output row to
 * the next. */
dsc_packer_patches dsc_conv_patches_for_y(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                          const dsc_gemm_kernels *product);
dsc_packer_patches dsc_conv_patches_for_dx(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                           const dsc_gemm_kernels *product);

size_t dsc_conv_apart(const dsc_packer_patches *patches);

/* Number of rows behind the last that may be read in place; an image has room for them. */
size_t dsc_conv_beyond(const dsc_gemm_kernels *product);

/* Transposes (rows, width, channels), rows `apart` pixels apart, to (channels, ...), channels `plane`
 * elements apart. */
void dsc_conv_turn(dsc_real *to, size_t plane, const dsc_real *from, size_t rows, size_t apart, size_t width,
                   size_t channels, const dsc_vector_kernels *vector);

/* --- channels first: conv2d_planes.c --- */

typedef struct dsc_conv_planes {
    dsc_form form; /* of the source */
    bool direct;   /* the source already has this layout */
    /* S: one copy for each kernel column, with neighbouring outputs adjacent; or 1, shared by all */
    size_t copies;
    size_t run;         /* elements of an output row, padded to whole words */
    size_t pitch, rows; /* of a plane: elements of a row, rows */
    size_t apart;       /* elements of depth from one output row to the next */
    size_t depth;       /* of the product; places between output rows meet zeros in dy */
} dsc_conv_planes;

dsc_conv_planes dsc_conv_planes_of_x(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product);
size_t dsc_conv_planes_numbers(const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product);
size_t dsc_conv_planes_scratch(const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product);
/* Only if they are not direct. */
void dsc_conv_planes_make(dsc_real *out, const dsc_conv_planes *planes, const dsc_conv_sizes *z,
                          const void *x, const dsc_gemm_kernels *product, dsc_real *scratch);

/* Vector (r, s, c), c fastest: the values that this weight element multiplies, over `depth`: the output
 * pixels, row by row. If a product reads whole tiles of rows (AMX) and the channels fill tiles, depth covers
 * whole rows of a plane: then it is one run and is read in place. */
typedef struct dsc_conv_places {
    dsc_packer packer;
    const dsc_conv_sizes *z;
    dsc_conv_planes planes;
} dsc_conv_places;
dsc_conv_places dsc_conv_places_of(const dsc_conv_planes *planes, const dsc_conv_sizes *z, const void *data,
                                   const dsc_gemm_kernels *product);

#endif
