/* SPDX-License-Identifier: MIT */
/* conv2d_images.c: images as the products of a convolution read them; see conv2d_images.h. */
#include "op/conv2d_images.h"

#include "base/thresholds.h"

static size_t whole_words(size_t elements, const dsc_gemm_kernels *product) {
    const size_t word = product->elements_per_word;
    return (elements + word - 1) / word * word; /* NOLINT(clang-analyzer-core.DivideZero): 1 or 2 */
}

/* How far the kernel reaches beyond its first pixel. */
static size_t reach(const dsc_conv_sizes *z, size_t axis) {
    return z->dilation[axis] * ((axis ? z->s : z->r) - 1);
}

/* --- channels last --- */

dsc_conv_image dsc_conv_image_of_x(const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    return (dsc_conv_image){.channels = z->c,
                            .filled = whole_words(z->c, product),
                            .source_height = z->h,
                            .source_width = z->w,
                            .height = z->h + 2 * z->padding[0],
                            .width = z->w + 2 * z->padding[1],
                            .top = (ptrdiff_t)z->padding[0],
                            .left = (ptrdiff_t)z->padding[1],
                            .gap_y = 1,
                            .gap_x = 1};
}

dsc_conv_image dsc_conv_image_of_dy(const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    return (dsc_conv_image){.channels = z->k,
                            .filled = whole_words(z->k, product),
                            .source_height = z->oh,
                            .source_width = z->ow,
                            .height = z->h + reach(z, 0),
                            .width = z->w + reach(z, 1),
                            .top = (ptrdiff_t)reach(z, 0) - (ptrdiff_t)z->padding[0],
                            .left = (ptrdiff_t)reach(z, 1) - (ptrdiff_t)z->padding[1],
                            .gap_y = z->stride[0],
                            .gap_x = z->stride[1]};
}

/* --- scattering --- */

bool dsc_conv_scatters(const dsc_conv_sizes *z) { return 2 * z->input_pixels > 3 * z->pixels; }

dsc_conv_image dsc_conv_image_of_dy_alone(const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    return (dsc_conv_image){.channels = z->k,
                            .filled = whole_words(z->k, product),
                            .source_height = z->oh,
                            .source_width = z->ow,
                            .height = z->oh,
                            .width = z->ow,
                            .gap_y = 1,
                            .gap_x = 1};
}

/* The products of one row of the kernel, (S, C), at column x of the input. */
static void add_row(dsc_real *dx, const dsc_real *products, const dsc_conv_sizes *z, ptrdiff_t x,
                    const dsc_vector_kernels *vector) {
    const ptrdiff_t step = (ptrdiff_t)z->dilation[1], width = (ptrdiff_t)z->w;
    if (step == 1) { /* side by side there too */
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
    const size_t together = apart == width ? rows : 1; /* rows that lie side by side */
    for (size_t y = 0; y < rows; y += together)
        vector->transpose(to + y * width, (ptrdiff_t)plane, from + y * apart * channels, (ptrdiff_t)channels,
                          together * width, channels);
}

/* --- images --- */

size_t dsc_conv_image_numbers(const dsc_conv_image *image, const dsc_gemm_kernels *product) {
    const size_t pixels = image->height * image->width + dsc_conv_beyond(product);
    return pixels * (image->filled / product->elements_per_word);
}

static size_t source_pixels(const dsc_conv_image *image) {
    return image->source_height * image->source_width;
}

/* The rounded source, and where channels are odd a plane of zeros. */
size_t dsc_conv_image_scratch(const dsc_conv_image *image, const dsc_gemm_kernels *product) {
    return product->rounds ? (image->filled / product->elements_per_word + 1) * source_pixels(image) : 0;
}

/* The source in words, (filled / word, source pixels): itself, rounded, or in pairs of channels. */
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

/* The columns of the source that find room: [first, last), the first of them at `at`. */
static void columns_inside(size_t *first, size_t *last, size_t *at, const dsc_conv_image *image) {
    const ptrdiff_t gap = (ptrdiff_t)image->gap_x, left = image->left, width = (ptrdiff_t)image->width;
    *first = left < 0 ? (size_t)((-left + gap - 1) / gap) : 0;
    *last = width > left ? (size_t)((width - left + gap - 1) / gap) : 0;
    if (*last > image->source_width) *last = image->source_width;
    if (*first > *last) *first = *last;
    *at = *first < *last ? (size_t)(left + (ptrdiff_t)*first * gap) : 0;
}

static void make_row(dsc_real *out, const dsc_conv_image *image, size_t words, const dsc_real *source,
                     const dsc_vector_kernels *vector) {
    size_t first, last, at;
    columns_inside(&first, &last, &at, image);
    const size_t behind = at + (last - first) * image->gap_x; /* more than the width, if there are gaps */
    if (image->gap_x > 1 || first == last) {
        memset(out, 0, image->width * words * sizeof *out);
    } else {
        memset(out, 0, at * words * sizeof *out);
        memset(out + behind * words, 0, (image->width - behind) * words * sizeof *out);
    }
    vector->transpose(out + at * words, (ptrdiff_t)(image->gap_x * words), source + first,
                      (ptrdiff_t)source_pixels(image), words, last - first);
}

void dsc_conv_image_make(dsc_real *out, const dsc_conv_image *image, const dsc_real *in,
                         const dsc_gemm_kernels *product, dsc_real *scratch) {
    const size_t words = image->filled / product->elements_per_word, pixels = source_pixels(image);
    const dsc_real *source = words_of_source(image, in, product, scratch);
    if (image->height == image->source_height && image->width == image->source_width && !image->top &&
        !image->left && image->gap_y == 1 && image->gap_x == 1) {
        product->vector->transpose(out, (ptrdiff_t)words, source, (ptrdiff_t)pixels, words, pixels);
        return;
    }
    for (size_t row = 0; row < image->height; row++, out += image->width * words) {
        const ptrdiff_t y = (ptrdiff_t)row - image->top, gap = (ptrdiff_t)image->gap_y;
        if (y < 0 || y % gap || y / gap >= (ptrdiff_t)image->source_height)
            memset(out, 0, image->width * words * sizeof *out);
        else
            make_row(out, image, words, source + (size_t)(y / gap) * image->source_width, product->vector);
    }
}

static dsc_packer_patches patches_of(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                     const dsc_real *data, const dsc_gemm_kernels *product) {
    dsc_packer_patches p;
    dsc_pack_patches_init(&p, data, product->elements_per_word == 2);
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

/* Puts them in line if a product can read them so. */
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
                                          const dsc_real *data, const dsc_gemm_kernels *product) {
    dsc_packer_patches p = patches_of(z, image, data, product);
    p.output_height = z->oh;
    p.output_width = z->ow;
    p.stride_y = z->stride[0];
    p.stride_x = z->stride[1];
    put_in_line(&p, product);
    return p;
}

dsc_packer_patches dsc_conv_patches_for_dx(const dsc_conv_sizes *z, const dsc_conv_image *image,
                                           const dsc_real *data, const dsc_gemm_kernels *product) {
    dsc_packer_patches p = patches_of(z, image, data, product);
    p.output_height = z->h;
    p.output_width = z->w;
    put_in_line(&p, product);
    return p;
}

/* --- channels first --- */

dsc_conv_planes dsc_conv_planes_of_x(const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    dsc_conv_planes p = {.copies =
                             z->stride[1] == 1 && (z->c >= DSC_CONV_CHANNELS_ENOUGH || z->s == 1) ? 1 : z->s,
                         .run = whole_words(z->ow, product),
                         .rows = z->h + 2 * z->padding[0]};
    /* A run may read one element more than the output is wide, which then meets a zero: it must be there. */
    p.pitch = p.copies > 1 || z->stride[1] > 1
                  ? p.run
                  : whole_words(z->w + 2 * z->padding[1] + (p.run - z->ow), product);
    p.direct = p.copies == 1 && z->stride[1] == 1 && !z->padding[0] && !z->padding[1] && !product->rounds;
    return p;
}

static size_t plane_of(const dsc_conv_planes *p) { return p->rows * p->pitch; }

size_t dsc_conv_planes_numbers(const dsc_conv_planes *p, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product) {
    return p->direct ? 0 : p->copies * z->c * plane_of(p) / product->elements_per_word;
}

/* x as elements, (channels, height, width): itself, or rounded into `scratch`. */
static const void *elements_of(const dsc_conv_sizes *z, const dsc_real *x, const dsc_gemm_kernels *product,
                               dsc_real *scratch) {
    if (!product->rounds) return x;
    product->round_row(scratch, x, z->c * z->input_pixels);
    return scratch;
}

/* What column `s` of the kernel meets in one row of x: columns s dilation - padding + j stride; 0 outside of it. */
static void take_columns(void *out, const dsc_conv_planes *p, const dsc_conv_sizes *z, const void *row,
                         size_t s, size_t size) {
    const ptrdiff_t start = (ptrdiff_t)(s * z->dilation[1]) - (ptrdiff_t)z->padding[1];
    if (z->stride[1] == 1 && start >= 0 && start + (ptrdiff_t)z->ow <= (ptrdiff_t)z->w) {
        memcpy(out, (const unsigned char *)row + (size_t)start * size, z->ow * size);
        if (p->run > z->ow) memset((unsigned char *)out + z->ow * size, 0, size);
        return;
    }
    for (size_t j = 0; j < p->run; j++) {
        const ptrdiff_t column = start + (ptrdiff_t)(j * z->stride[1]);
        const bool inside = j < z->ow && column >= 0 && column < (ptrdiff_t)z->w;
        const size_t from = inside ? (size_t)column : 0;
        if (size == sizeof(uint16_t))
            ((uint16_t *)out)[j] = inside ? ((const uint16_t *)row)[from] : 0;
        else
            ((dsc_real *)out)[j] = inside ? ((const dsc_real *)row)[from] : 0;
    }
}

/* One plane, from one channel: with room, or what one column of the kernel meets. `out` is clear. */
static void make_plane(unsigned char *out, const dsc_conv_planes *p, const dsc_conv_sizes *z,
                       const unsigned char *in, size_t s, size_t size, const dsc_vector_kernels *vector) {
    out += z->padding[0] * p->pitch * size;
    if (p->copies > 1 || z->stride[1] > 1) {
        for (size_t y = 0; y < z->h; y++)
            take_columns(out + y * p->pitch * size, p, z, in + y * z->w * size, s, size);
        return;
    }
    out += z->padding[1] * size;
    if (size == sizeof(dsc_real))
        vector->copy_rows((dsc_real *)(void *)out, (ptrdiff_t)p->pitch, (const dsc_real *)(const void *)in,
                          (ptrdiff_t)z->w, z->h, z->w);
    else
        for (size_t y = 0; y < z->h; y++)
            memcpy(out + y * p->pitch * size, in + y * z->w * size, z->w * size);
}

void dsc_conv_planes_make(dsc_real *out, const dsc_conv_planes *p, const dsc_conv_sizes *z, const dsc_real *x,
                          const dsc_gemm_kernels *product, dsc_real *scratch) {
    if (p->copies == 1 && p->pitch == z->w && p->rows == z->h) { /* nothing but rounding */
        (void)elements_of(z, x, product, out);
        return;
    }
    const unsigned char *in = elements_of(z, x, product, scratch);
    const size_t size = sizeof(dsc_real) / product->elements_per_word;
    const size_t plane = plane_of(p) * size, planes = p->copies * z->c;
    memset(out, 0, planes * plane);
    for (size_t i = 0; i < planes; i++)
        make_plane((unsigned char *)out + i * plane, p, z, in + i % z->c * z->input_pixels * size, i / z->c,
                   size, product->vector);
}

size_t dsc_conv_planes_scratch(const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    return product->rounds ? z->c * z->input_pixels : 0;
}

static bool place_of(dsc_place *found, const dsc_packer *packer, size_t vector) {
    const dsc_conv_places *p = (const dsc_conv_places *)(const void *)packer;
    const dsc_conv_sizes *z = p->z;
    const size_t c = vector % z->c, s = vector / z->c % z->s, r = vector / z->c / z->s;
    const bool own = p->planes.copies > 1;
    const size_t size = packer->halves ? sizeof(uint16_t) : sizeof(dsc_real), plane = plane_of(&p->planes);
    const size_t start = (own ? s * z->c + c : c) * plane + r * z->dilation[0] * p->planes.pitch +
                         (own || z->stride[1] > 1 ? 0 : s * z->dilation[1]);
    *found = (dsc_place){.at = start ? (const char *)packer->matrix + start * size : packer->matrix,
                         .halves = packer->halves,
                         .vector_stride = (ptrdiff_t)plane,
                         .depth_stride = 1,
                         .run_stride = (ptrdiff_t)(z->stride[0] * p->planes.pitch),
                         .vectors = own ? (z->s - s) * z->c - c : z->c - c,
                         .run = p->planes.run};
    return true;
}

/* Where the product must pack them after all. */
static void fill_places(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    for (size_t v = 0; v < vectors; v++) {
        dsc_place at;
        (void)place_of(&at, packer, vector + v);
        dsc_real *to = out + (ptrdiff_t)v * vector_step;
        for (size_t d = depth; d < depth + depths;) {
            const size_t inside = d % at.run, left = at.run - inside;
            const size_t some = left < depth + depths - d ? left : depth + depths - d;
            const ptrdiff_t from = (ptrdiff_t)(d / at.run) * at.run_stride + (ptrdiff_t)inside;
            if (at.halves && depth_step == 1)
                kernels->from_bf16(to, (const uint16_t *)at.at + from, some);
            else if (at.halves)
                for (size_t i = 0; i < some; i++)
                    to[(ptrdiff_t)i * depth_step] = dsc_bf16_to_float(((const uint16_t *)at.at + from)[i]);
            else if (depth_step == 1)
                memcpy(to, (const dsc_real *)at.at + from, some * sizeof *to);
            else
                for (size_t i = 0; i < some; i++)
                    to[(ptrdiff_t)i * depth_step] = ((const dsc_real *)at.at + from)[i];
            to += (ptrdiff_t)some * depth_step;
            d += some;
        }
    }
}

dsc_conv_places dsc_conv_places_of(const dsc_conv_planes *planes, const dsc_conv_sizes *z, const void *data,
                                   const dsc_gemm_kernels *product) {
    return (dsc_conv_places){.packer = {.fill = fill_places,
                                        .place = place_of,
                                        .rounded = true,
                                        .matrix = data,
                                        .halves = product->elements_per_word == 2},
                             .z = z,
                             .planes = *planes};
}
