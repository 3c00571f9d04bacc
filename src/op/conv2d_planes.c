/* SPDX-License-Identifier: MIT */
/* conv2d_planes.c: images with the channels first, read by dw; see conv2d_images.h. */
#include "op/conv2d_images.h"

#include "base/thresholds.h"
#include "kernel/pixels.h"

dsc_conv_planes dsc_conv_planes_of_x(const dsc_conv_sizes *z, dsc_form form,
                                     const dsc_gemm_kernels *product) {
    dsc_conv_planes p = {.form = form,
                         .copies =
                             z->stride[1] == 1 && (z->c >= DSC_CONV_CHANNELS_ENOUGH || z->s == 1) ? 1 : z->s,
                         .run = dsc_conv_whole_words(z->ow, product),
                         .rows = z->h + 2 * z->padding[0]};
    /* A run may read one element beyond the output width. That element meets a zero but must exist. */
    p.pitch = p.copies > 1 || z->stride[1] > 1
                  ? p.run
                  : dsc_conv_whole_words(z->w + 2 * z->padding[1] + (p.run - z->ow), product);
    p.apart = p.run;
    p.depth = z->oh * p.run;
    if (product->row_multiple > 1 && p.copies == 1 && z->stride[0] == 1 && z->stride[1] == 1 &&
        z->c % product->row_multiple == 0) {
        const size_t step = product->depth_multiple, depth = (z->oh - 1) * p.pitch + z->ow;
        p.apart = p.pitch;
        p.depth = p.run = (depth + step - 1) / step * step;
    }
    p.direct = form == DSC_FORM_REALS && p.copies == 1 && z->stride[1] == 1 && !z->padding[0] &&
               !z->padding[1] && !product->rounds;
    return p;
}

static size_t plane_of(const dsc_conv_planes *p) { return p->rows * p->pitch; }

/* Elements behind the last plane in which a run may end. They meet zeros but must be finite. */
static size_t behind(const dsc_gemm_kernels *product) {
    return product->row_multiple > 1 ? product->depth_multiple : 0;
}

size_t dsc_conv_planes_numbers(const dsc_conv_planes *p, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product) {
    return p->direct ? 0 : (p->copies * z->c * plane_of(p) + behind(product)) / product->elements_per_word;
}

/* Elements between channels of the transposed x: whole words. */
static size_t plane_of_x(const dsc_conv_planes *p, const dsc_conv_sizes *z, const dsc_gemm_kernels *product) {
    return p->form == DSC_FORM_REALS ? z->input_pixels : dsc_conv_whole_words(z->input_pixels, product);
}

enum { TURNED = 2048 }; /* words on the stack during transposition */

/* Transposes bfloat16 from (pixels, channels) to (channels, plane): pairs of pixels become words, and words
 * are transposed. `plane` is even. */
static void turn_halves(uint16_t *out, size_t plane, const uint16_t *in, size_t pixels, size_t channels,
                        const dsc_vector_kernels *vector) {
    dsc_real words[TURNED];
    const size_t wide = dsc_smaller(channels, TURNED / 8), row = (wide + 15) / 16 * 16;
    const size_t together = 2 * (TURNED / row);
    for (size_t c = 0; c < channels; c += wide)
        for (size_t p = 0; p < pixels; p += together) {
            const size_t w = dsc_smaller(wide, channels - c), n = dsc_smaller(together, pixels - p);
            const uint16_t *from = in + p * channels + c;
            uint16_t *to = out + c * plane + p;
            vector->zip_halves(words, 16, (ptrdiff_t)row, from, (ptrdiff_t)channels, n / 2, w);
            vector->transpose((dsc_real *)(void *)to, (ptrdiff_t)plane / 2, words, (ptrdiff_t)row, n / 2, w);
            for (size_t i = 0; n % 2 && i < w; i++) to[i * plane + n - 1] = from[(n - 1) * channels + i];
        }
}

/* x as elements, (channels, plane_of_x): x itself, rounded, or transposed. */
static const void *elements_of(const dsc_conv_planes *p, const dsc_conv_sizes *z, const void *x,
                               const dsc_gemm_kernels *product, dsc_real *out) {
    const size_t pixels = z->input_pixels;
    if (p->form == DSC_FORM_REALS) {
        if (!product->rounds) return x;
        product->round_row(out, x, z->c * pixels);
    } else if (p->form == DSC_FORM_PIXELS) {
        product->vector->transpose(out, (ptrdiff_t)pixels, x, (ptrdiff_t)z->c, pixels, z->c);
    } else if (product->elements_per_word == 2) {
        turn_halves((uint16_t *)(void *)out, plane_of_x(p, z, product), x, pixels, z->c, product->vector);
    } else {
        dsc_pixels_to_planes(out, x, z->c, pixels, product->vector);
    }
    return out;
}

/* The elements that kernel column `s` meets in one row of x: columns s dilation - padding + j stride, 0
 * outside. */
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

/* Makes one plane from one channel: with padding, or the elements that one kernel column meets. `out` is zero
 * on entry. */
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

void dsc_conv_planes_make(dsc_real *out, const dsc_conv_planes *p, const dsc_conv_sizes *z, const void *x,
                          const dsc_gemm_kernels *product, dsc_real *scratch) {
    memset((unsigned char *)out + p->copies * z->c * plane_of(p) * sizeof *out / product->elements_per_word,
           0, behind(product) * sizeof *out / product->elements_per_word);
    if (p->copies == 1 && z->stride[1] == 1 && p->pitch == z->w &&
        p->rows == z->h) { /* needs only rounding or transposition */
        const void *made = elements_of(p, z, x, product, out);
        if (made != out) memcpy(out, made, z->c * z->input_pixels * sizeof *out);
        return;
    }
    const unsigned char *in = elements_of(p, z, x, product, scratch);
    const size_t size = sizeof(dsc_real) / product->elements_per_word;
    const size_t plane = plane_of(p) * size;
    const size_t from = plane_of_x(p, z, product) * size;
    memset(out, 0, p->copies * z->c * plane);
    unsigned char *to = (unsigned char *)out;
    for (size_t s = 0; s < p->copies; s++)
        for (size_t c = 0; c < z->c; c++, to += plane)
            make_plane(to, p, z, in + c * from, s, size, product->vector);
}

size_t dsc_conv_planes_scratch(const dsc_conv_planes *p, const dsc_conv_sizes *z,
                               const dsc_gemm_kernels *product) {
    return product->rounds || p->form != DSC_FORM_REALS ? z->c * plane_of_x(p, z, product) : 0;
}

static bool place_of(dsc_vector_place *found, const dsc_packer *packer, size_t vector) {
    const dsc_conv_places *p = (const dsc_conv_places *)(const void *)packer;
    const dsc_conv_sizes *z = p->z;
    const size_t c = vector % z->c, s = vector / z->c % z->s, r = vector / z->c / z->s;
    const bool own = p->planes.copies > 1;
    const size_t size = packer->halves ? sizeof(uint16_t) : sizeof(dsc_real), plane = plane_of(&p->planes);
    const size_t start = (own ? s * z->c + c : c) * plane + r * z->dilation[0] * p->planes.pitch +
                         (own || z->stride[1] > 1 ? 0 : s * z->dilation[1]);
    *found = (dsc_vector_place){.at = start ? (const char *)packer->matrix + start * size : packer->matrix,
                                .halves = packer->halves,
                                .vector_stride = (ptrdiff_t)plane,
                                .depth_stride = 1,
                                .run_stride = (ptrdiff_t)(z->stride[0] * p->planes.pitch),
                                .vectors = own ? (z->s - s) * z->c - c : z->c - c,
                                .run = p->planes.run};
    return true;
}

/* Packs the places if the product cannot read them in place. */
static void fill_places(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    for (size_t v = 0; v < vectors; v++) {
        dsc_vector_place at;
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
