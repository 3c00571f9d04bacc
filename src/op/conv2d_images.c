/* SPDX-License-Identifier: MIT */
/* conv2d_images.c: images with the channels last, read by y and dx; see conv2d_images.h. */
#include "op/conv2d_images.h"

/* Distance from the first to the last pixel that the kernel covers. */
static size_t reach(const dsc_conv_sizes *z, size_t axis) {
    return z->dilation[axis] * ((axis ? z->s : z->r) - 1);
}

/* --- channels last --- */

/* An image without padding. The caller adds padding before it asks whether the image can be used directly. */
static dsc_conv_image image_of(size_t channels, size_t height, size_t width, dsc_form form,
                               const dsc_gemm_kernels *product) {
    return (dsc_conv_image){.channels = channels,
                            .filled = dsc_conv_whole_words(channels, product),
                            .source_height = height,
                            .source_width = width,
                            .height = height,
                            .width = width,
                            .gap_y = 1,
                            .gap_x = 1,
                            .form = form,
                            .halves = product->elements_per_word == 2 || form == DSC_FORM_PIXELS_BF16};
}

static bool has_no_room(const dsc_conv_image *i) {
    return i->height == i->source_height && i->width == i->source_width && !i->top && !i->left &&
           i->gap_y == 1 && i->gap_x == 1;
}

static dsc_conv_image finished(dsc_conv_image image) {
    image.direct = image.form != DSC_FORM_REALS && image.filled == image.channels && has_no_room(&image);
    return image;
}

/* Pixels of the tiles that cover `size` pixels. */
static size_t whole_tiles(size_t size) { return (size + 1) / 2 * 2; }

dsc_conv_image dsc_conv_image_of_x(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product) {
    dsc_conv_image image = image_of(z->c, z->h, z->w, form, product);
    image.height += 2 * z->padding[0];
    image.width += 2 * z->padding[1];
    image.top = (ptrdiff_t)z->padding[0];
    image.left = (ptrdiff_t)z->padding[1];
    if (z->in_tiles) {
        image.height = whole_tiles(z->oh) + 2;
        image.width = whole_tiles(z->ow) + 2;
    }
    return finished(image);
}

dsc_conv_image dsc_conv_image_of_dy(const dsc_conv_sizes *z, dsc_form form, const dsc_gemm_kernels *product) {
    dsc_conv_image image = image_of(z->k, z->oh, z->ow, form, product);
    image.height = z->h + reach(z, 0);
    image.width = z->w + reach(z, 1);
    image.top = (ptrdiff_t)reach(z, 0) - (ptrdiff_t)z->padding[0];
    image.left = (ptrdiff_t)reach(z, 1) - (ptrdiff_t)z->padding[1];
    image.gap_y = z->stride[0];
    image.gap_x = z->stride[1];
    if (z->in_tiles) {
        image.height = whole_tiles(z->h) + 2;
        image.width = whole_tiles(z->w) + 2;
    }
    return finished(image);
}

/* --- scattering --- */

bool dsc_conv_scatters(const dsc_conv_sizes *z) {
    return !z->in_tiles && 2 * z->input_pixels > 3 * z->pixels;
}

dsc_conv_image dsc_conv_image_of_dy_alone(const dsc_conv_sizes *z, dsc_form form,
                                          const dsc_gemm_kernels *product) {
    dsc_conv_image image = image_of(z->k, z->oh, z->ow, form, product);
    if (z->in_tiles) {
        image.height = whole_tiles(z->oh);
        image.width = whole_tiles(z->ow);
    }
    return finished(image);
}

/* Adds the products of one kernel row, (S, C), to dx at column x of the input. */
static void add_row(dsc_real *dx, const dsc_real *products, const dsc_conv_sizes *z, ptrdiff_t x,
                    const dsc_vector_kernels *vector) {
    const ptrdiff_t step = (ptrdiff_t)z->dilation[1], width = (ptrdiff_t)z->w;
    if (step == 1) { /* adjacent in dx too */
        const size_t first = x < 0 ? (size_t)-x : 0;
        const size_t last = x + (ptrdiff_t)z->s > width ? (size_t)(width > x ? width - x : 0) : z->s;
        if (first >= last) return;
        dsc_real *to = dx + (size_t)(x + (ptrdiff_t)first) * z->c;
        vector->add(to, to, products + first * z->c, (last - first) * z->c);
        return;
    }
    for (size_t s = 0; s < z->s; s++, x += step)
        if (x >= 0 && x < width)
            vector->add(dx + (size_t)x * z->c, dx + (size_t)x * z->c, products + s * z->c, z->c);
}

void dsc_conv_scatter(dsc_real *dx, const dsc_real *products, const dsc_conv_sizes *z,
                      const dsc_vector_kernels *vector) {
    memset(dx, 0, z->input_pixels * z->c * sizeof *dx);
    for (size_t i = 0; i < z->oh; i++)
        for (size_t j = 0; j < z->ow; j++)
            for (size_t r = 0; r < z->r; r++, products += z->s * z->c) {
                const ptrdiff_t y =
                    (ptrdiff_t)(i * z->stride[0] + r * z->dilation[0]) - (ptrdiff_t)z->padding[0];
                const ptrdiff_t x = (ptrdiff_t)(j * z->stride[1]) - (ptrdiff_t)z->padding[1];
                if (y >= 0 && y < (ptrdiff_t)z->h)
                    add_row(dx + (size_t)y * z->w * z->c, products, z, x, vector);
            }
}

void dsc_conv_turn(dsc_real *to, size_t plane, const dsc_real *from, size_t rows, size_t apart, size_t width,
                   size_t channels, const dsc_vector_kernels *vector) {
    const size_t together = apart == width ? rows : 1; /* rows that are contiguous */
    for (size_t y = 0; y < rows; y += together)
        vector->transpose(to + y * width, (ptrdiff_t)plane, from + y * apart * channels, (ptrdiff_t)channels,
                          together * width, channels);
}

/* --- images --- */

static size_t element_of(const dsc_conv_image *image) {
    return image->halves ? sizeof(uint16_t) : sizeof(dsc_real);
}
static size_t pixel_of(const dsc_conv_image *image) { return image->filled * element_of(image); }

size_t dsc_conv_image_row(const dsc_conv_image *image) { return image->width * pixel_of(image); }

size_t dsc_conv_image_numbers(const dsc_conv_image *image, const dsc_gemm_kernels *product) {
    const size_t pixels = image->height * image->width + dsc_conv_beyond(product);
    if (image->direct && !dsc_conv_beyond(product)) return 0;
    return (pixels * pixel_of(image) + sizeof(dsc_real) - 1) / sizeof(dsc_real);
}

static size_t source_pixels(const dsc_conv_image *image) {
    return image->source_height * image->source_width;
}

/* For a source in reals: the source rounded, plus a plane of zeros if the number of channels is odd. */
size_t dsc_conv_image_scratch(const dsc_conv_image *image, const dsc_gemm_kernels *product) {
    if (!product->rounds || image->form != DSC_FORM_REALS) return 0;
    return (image->filled / product->elements_per_word + 1) * source_pixels(image);
}

/* The source in words, (filled / word, source pixels): the source itself, rounded, or in pairs of
 * channels. */
static const dsc_real *words_of_source(const dsc_conv_image *image, const dsc_real *in,
                                       const dsc_gemm_kernels *product, dsc_real *scratch) {
    const size_t pixels = source_pixels(image);
    if (!product->rounds) return in;
    if (product->elements_per_word == 1) {
        product->round_row(scratch, in, image->channels * pixels);
        return scratch;
    }
    dsc_real *zeros = scratch + image->filled / 2 * pixels;
    if (image->channels % 2) memset(zeros, 0, pixels * sizeof *zeros);
    for (size_t c = 0; c < image->channels; c += 2)
        product->round_pairs(scratch + c / 2 * pixels, in + c * pixels,
                             c + 1 < image->channels ? in + (c + 1) * pixels : zeros, pixels);
    return scratch;
}

/* The columns [first, last) of the source that lie inside the image; the first goes to column `at`. */
static void columns_inside(size_t *first, size_t *last, size_t *at, const dsc_conv_image *image) {
    const ptrdiff_t gap = (ptrdiff_t)image->gap_x, left = image->left, width = (ptrdiff_t)image->width;
    *first = left < 0 ? (size_t)((-left + gap - 1) / gap) : 0;
    *last = width > left ? (size_t)((width - left + gap - 1) / gap) : 0;
    if (*last > image->source_width) *last = image->source_width;
    if (*first > *last) *first = *last;
    *at = *first < *last ? (size_t)(left + (ptrdiff_t)*first * gap) : 0;
}

/* Transposes one row of a source in words, (words, source pixels), into the image, between zeros. */
static void turn_row(dsc_real *out, const dsc_conv_image *image, size_t words, const dsc_real *source,
                     const dsc_vector_kernels *vector) {
    size_t first, last, at;
    columns_inside(&first, &last, &at, image);
    vector->transpose(out + at * words, (ptrdiff_t)(image->gap_x * words), source + first,
                      (ptrdiff_t)source_pixels(image), words, last - first);
}

/* Copies one row of a source that has its channels last. */
static void copy_row(unsigned char *out, const dsc_conv_image *image, const unsigned char *source) {
    size_t first, last, at;
    columns_inside(&first, &last, &at, image);
    const size_t pixel = pixel_of(image), given = image->channels * element_of(image);
    if (image->gap_x == 1 && pixel == given) {
        memcpy(out + at * pixel, source + first * pixel, (last - first) * pixel);
        return;
    }
    for (size_t i = first; i < last; i++, at += image->gap_x)
        memcpy(out + at * pixel, source + i * given, given);
}

/* Clears the pixels that receive no pixel of the source. */
static void clear_row(unsigned char *out, const dsc_conv_image *image) {
    size_t first, last, at;
    columns_inside(&first, &last, &at, image);
    const size_t pixel = pixel_of(image), behind = at + (last - first) * image->gap_x;
    if (image->gap_x > 1 || first == last || image->filled != image->channels) {
        memset(out, 0, image->width * pixel);
    } else {
        memset(out, 0, at * pixel);
        memset(out + behind * pixel, 0, (image->width - behind) * pixel);
    }
}

const void *dsc_conv_image_make(void *room, const dsc_conv_image *image, const void *in, size_t behind,
                                const dsc_gemm_kernels *product, dsc_real *scratch) {
    if (image->direct && behind * source_pixels(image) >= dsc_conv_beyond(product)) return in;
    const bool pixels = image->form != DSC_FORM_REALS;
    const size_t words = image->filled / product->elements_per_word, row_bytes = dsc_conv_image_row(image);
    const size_t source_row = image->source_width * image->channels * element_of(image);
    if (pixels && image->direct) return memcpy(room, in, image->source_height * source_row);
    const dsc_real *source = pixels ? NULL : words_of_source(image, in, product, scratch);
    if (!pixels && has_no_room(image)) {
        product->vector->transpose(room, (ptrdiff_t)words, source, (ptrdiff_t)source_pixels(image), words,
                                   source_pixels(image));
        return room;
    }
    unsigned char *out = room;
    for (size_t row = 0; row < image->height; row++, out += row_bytes) {
        const ptrdiff_t y = (ptrdiff_t)row - image->top, gap = (ptrdiff_t)image->gap_y;
        if (y < 0 || y % gap || y / gap >= (ptrdiff_t)image->source_height) {
            memset(out, 0, row_bytes);
            continue;
        }
        clear_row(out, image);
        if (pixels)
            copy_row(out, image, (const unsigned char *)in + (size_t)(y / gap) * source_row);
        else
            turn_row((dsc_real *)(void *)out, image, words, source + (size_t)(y / gap) * image->source_width,
                     product->vector);
    }
    return room;
}

static dsc_packer_patches patches_of(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                     const dsc_gemm_kernels *product) {
    dsc_packer_patches p;
    dsc_pack_patches_init(&p, NULL, image->halves);
    p.packer.rounded = true;
    p.channels = image->filled;
    p.height = image->height;
    p.width = image->width;
    p.kernel_height = z->r;
    p.kernel_width = z->s;
    p.dilation_y = z->dilation[0];
    p.dilation_x = z->dilation[1];
    p.packer.beyond = dsc_conv_beyond(product);
    return p;
}

/* Puts the patches in line if a product can read them so. */
static void put_in_line(dsc_packer_patches *p, const dsc_gemm_kernels *product) {
    if (product->row_multiple == 1 || !p->halves || p->stride_y != 1 || p->stride_x != 1 ||
        p->dilation_x != 1 || p->kernel_width * p->channels % product->depth_multiple != 0)
        return;
    p->output_width += (p->output_height - 1) * p->width;
    p->output_height = 1;
}

size_t dsc_conv_apart(const dsc_packer_patches *p) {
    return p->output_height == 1 ? p->width : p->output_width;
}

size_t dsc_conv_beyond(const dsc_gemm_kernels *product) { return product->row_multiple - 1; }

dsc_packer_patches dsc_conv_patches_for_y(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                          const dsc_gemm_kernels *product) {
    dsc_packer_patches p = patches_of(z, image, product);
    p.output_height = z->oh;
    p.output_width = z->ow;
    p.stride_y = z->stride[0];
    p.stride_x = z->stride[1];
    put_in_line(&p, product);
    return p;
}

dsc_packer_patches dsc_conv_patches_for_dx(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                           const dsc_gemm_kernels *product) {
    dsc_packer_patches p = patches_of(z, image, product);
    p.output_height = z->h;
    p.output_width = z->w;
    put_in_line(&p, product);
    return p;
}
