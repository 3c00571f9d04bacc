/* SPDX-License-Identifier: MIT */
/* pack_patches.c: image patches as a product's operand (im2col, made on the fly; Chellapilla, Puri and Simard,
 * "High performance convolutional neural networks for document processing", 2006); see pack.h. */
#include "kernel/pack.h"

#include "kernel/vectors.h"

#include <string.h>

/* A place in a patch, and a pixel of the output. */
typedef struct place {
    size_t channel, ky, kx;
} place;
typedef struct pixel {
    size_t image, y, x;
} pixel;

static place place_at(const dsc_packer_patches *p, size_t index) {
    if (p->channels_last)
        return (place){index % p->channels, index / p->channels / p->kernel_width,
                       index / p->channels % p->kernel_width};
    return (place){index / p->kernel_width / p->kernel_height, index / p->kernel_width % p->kernel_height,
                   index % p->kernel_width};
}

static pixel pixel_at(const dsc_packer_patches *p, size_t index) {
    const size_t row = index / p->output_width;
    return (pixel){row / p->output_height, row % p->output_height, index % p->output_width};
}

static pixel next_pixel(const dsc_packer_patches *p, pixel at) {
    if (++at.x == p->output_width) {
        at.x = 0;
        if (++at.y == p->output_height) at.y = 0, at.image++;
    }
    return at;
}

static place next_place(const dsc_packer_patches *p, place of) {
    if (p->channels_last) {
        if (++of.channel < p->channels) return of;
        of.channel = 0;
    }
    if (++of.kx < p->kernel_width) return of;
    of.kx = 0;
    if (++of.ky < p->kernel_height) return of;
    of.ky = 0;
    of.channel++;
    return of;
}

static ptrdiff_t image_start(const dsc_packer_patches *p, size_t image) {
    return (ptrdiff_t)(p->order ? p->order[image] : image) * p->image_stride;
}

/* The row or column of the image behind coordinate `at` of the image with gaps; -1: none, a zero. */
static ptrdiff_t behind(ptrdiff_t at, size_t gap, size_t size) {
    if (at < 0) return -1;
    if (gap > 1) {
        if (at % (ptrdiff_t)gap) return -1;
        at /= (ptrdiff_t)gap;
    }
    return at < (ptrdiff_t)size ? at : -1;
}

/* `count` elements of the images, `step` apart, of one channel or, if step is the channels', from `channel` on. */
static void copy_run(const dsc_packer_patches *p, const dsc_vector_kernels *kernels, dsc_real *out,
                     ptrdiff_t start, ptrdiff_t step, size_t channel, size_t channel_step, size_t count) {
    if (p->images) {
        const dsc_real *in = p->images + start;
        if (step == 1 && count >= 8)
            memcpy(out, in, count * sizeof *in);
        else
            for (size_t i = 0; i < count; i++) out[i] = in[(ptrdiff_t)i * step];
    } else if (p->halves) {
        const uint16_t *in = p->halves + start;
        if (step == 1)
            kernels->from_bf16(out, in, count);
        else
            for (size_t i = 0; i < count; i++) out[i] = dsc_bf16_to_float(in[(ptrdiff_t)i * step]);
    } else if (step == 1 && channel_step == 0 && count >= 8) {
        kernels->from_bytes(out, p->bytes + start, p->scale ? p->scale[channel] : 1,
                            p->offset ? p->offset[channel] : 0, count);
    } else {
        for (size_t i = 0; i < count; i++, channel += channel_step) {
            const dsc_real scaled =
                (dsc_real)p->bytes[start + (ptrdiff_t)i * step] * (p->scale ? p->scale[channel] : 1);
            out[i] = scaled + (p->offset ? p->offset[channel] : 0);
        }
    }
}

static void zeros(dsc_real *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = 0;
}

/* Places [first, first + count) of one pixel's patch, one after another, cut into runs that lie in one
 * row of the image. */
static void patch_places(const dsc_packer_patches *p, const dsc_vector_kernels *kernels, dsc_real *out,
                         pixel at, place from, size_t count) {
    const ptrdiff_t image = image_start(p, at.image);
    const ptrdiff_t y0 = (ptrdiff_t)(at.y * p->stride_y) - p->padding_y;
    const ptrdiff_t x0 = (ptrdiff_t)(at.x * p->stride_x) - p->padding_x;
    const bool dense = p->dilation_x == 1 && p->gap_x == 1;
    while (count > 0) {
        const ptrdiff_t y = behind(y0 + (ptrdiff_t)(from.ky * p->dilation_y), p->gap_y, p->height);
        const ptrdiff_t x = x0 + (ptrdiff_t)(from.kx * p->dilation_x);
        const ptrdiff_t row = image + y * p->row_stride + (ptrdiff_t)from.channel * p->channel_stride;
        /* The run: along the channels, and along kx too where the image has them side by side. */
        size_t run = p->channels_last ? p->channels - from.channel : 1;
        bool inside = y >= 0;
        ptrdiff_t column = 0;
        if (dense && (!p->channels_last || p->column_stride == (ptrdiff_t)p->channels * p->channel_stride)) {
            size_t columns = p->kernel_width - from.kx; /* then cut at the image's left or right edge */
            if (x < 0)
                inside = false, columns = (size_t)-x < columns ? (size_t)-x : columns;
            else if (x >= (ptrdiff_t)p->width)
                inside = false;
            else if ((size_t)((ptrdiff_t)p->width - x) < columns)
                columns = (size_t)((ptrdiff_t)p->width - x);
            column = x;
            run = p->channels_last ? columns * p->channels - from.channel : columns;
        } else {
            column = behind(x, p->gap_x, p->width);
            inside = inside && column >= 0;
        }
        if (run > count) run = count;
        if (!inside)
            zeros(out, run);
        else if (p->channels_last && p->bytes && (p->scale || p->offset))
            for (size_t i = 0; i < run; i++) { /* each channel has its own scale */
                const size_t c = (from.channel + i) % p->channels;
                copy_run(p, kernels, out + i,
                         row + column * p->column_stride + (ptrdiff_t)i * p->channel_stride, 1, c, 0, 1);
            }
        else
            copy_run(p, kernels, out, row + column * p->column_stride,
                     p->channels_last ? p->channel_stride : p->column_stride,
                     p->channels_last ? 0 : from.channel, 0, run);
        out += run;
        count -= run;
        if (p->channels_last) {
            const size_t c = from.channel + run;
            from.channel = c % p->channels;
            from.kx += c / p->channels;
        } else {
            from.kx += run;
        }
        if (from.kx == p->kernel_width) {
            from.kx = 0;
            if (++from.ky == p->kernel_height) from.ky = 0, from.channel += p->channels_last ? 0 : 1;
        }
    }
}

/* One place of `count` pixels from `at` on, one after another. */
static void place_pixels(const dsc_packer_patches *p, const dsc_vector_kernels *kernels, dsc_real *out,
                         place of, pixel at, size_t count) {
    while (count > 0) {
        const size_t row_end = p->output_width - at.x, run = row_end < count ? row_end : count;
        const ptrdiff_t y = behind((ptrdiff_t)(at.y * p->stride_y + of.ky * p->dilation_y) - p->padding_y,
                                   p->gap_y, p->height);
        const ptrdiff_t x = (ptrdiff_t)(at.x * p->stride_x + of.kx * p->dilation_x) - p->padding_x;
        const ptrdiff_t row =
            image_start(p, at.image) + y * p->row_stride + (ptrdiff_t)of.channel * p->channel_stride;
        if (y < 0) {
            zeros(out, run);
        } else if (p->gap_x == 1) {
            const ptrdiff_t step = (ptrdiff_t)p->stride_x;
            size_t before = x < 0 ? (size_t)((-x + step - 1) / step) : 0; /* left of the image */
            if (before > run) before = run;
            const ptrdiff_t start = x + (ptrdiff_t)before * step, width = (ptrdiff_t)p->width;
            size_t in = start < width ? (size_t)((width - start + step - 1) / step) : 0;
            if (in > run - before) in = run - before;
            zeros(out, before);
            copy_run(p, kernels, out + before, row + start * p->column_stride, step * p->column_stride,
                     of.channel, 0, in);
            zeros(out + before + in, run - before - in);
        } else {
            for (size_t i = 0; i < run; i++) {
                const ptrdiff_t column = behind(x + (ptrdiff_t)(i * p->stride_x), p->gap_x, p->width);
                if (column < 0)
                    out[i] = 0;
                else
                    copy_run(p, kernels, out + i, row + column * p->column_stride, 1, of.channel, 0, 1);
            }
        }
        out += run;
        count -= run;
        at.x += run - 1;
        at = next_pixel(p, at);
    }
}

/* Pixels side by side in a row of the output, and where their patches begin. */
typedef struct segment {
    pixel at;
    size_t count;
    ptrdiff_t y, x, start;
} segment;

/* Places of few pixels, place by place: the usual panel of a convolution, channels first. What lies wholly inside the
 * image is copied at once. */
static void few_pixels(const dsc_packer_patches *p, const dsc_vector_kernels *kernels, dsc_real *out,
                       ptrdiff_t place_step, place of, size_t places, pixel at, size_t pixels) {
    enum { MOST = 16 };
    segment segments[MOST];
    size_t count = 0;
    for (size_t left = pixels; left > 0; count++) {
        segment *s = &segments[count];
        const size_t row = p->output_width - at.x;
        s->at = at;
        s->count = row < left ? row : left;
        s->y = (ptrdiff_t)(at.y * p->stride_y) - p->padding_y;
        s->x = (ptrdiff_t)(at.x * p->stride_x) - p->padding_x;
        s->start = image_start(p, at.image) + s->y * p->row_stride + s->x * p->column_stride;
        left -= s->count;
        at.x += s->count - 1;
        at = next_pixel(p, at);
    }
    for (; places > 0; places--, out += place_step) {
        const ptrdiff_t dy = (ptrdiff_t)(of.ky * p->dilation_y), dx = (ptrdiff_t)(of.kx * p->dilation_x);
        const ptrdiff_t offset =
            dy * p->row_stride + dx * p->column_stride + (ptrdiff_t)of.channel * p->channel_stride;
        dsc_real *to = out;
        for (const segment *s = segments; s < segments + count; to += s->count, s++) {
            const ptrdiff_t y = s->y + dy, x = s->x + dx;
            if (y >= 0 && y < (ptrdiff_t)p->height && x >= 0 &&
                x + (ptrdiff_t)s->count <= (ptrdiff_t)p->width)
                kernels->copy(to, p->images + s->start + offset, s->count);
            else
                place_pixels(p, kernels, to, of, s->at, s->count);
        }
        of = next_place(p, of);
    }
}

static void fill_patches(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                         ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                         size_t depth, size_t depths) {
    const dsc_packer_patches *p = (const dsc_packer_patches *)packer;
    const size_t first_pixel = p->packer.transposed ? depth : vector,
                 pixels = p->packer.transposed ? depths : vectors;
    const size_t first_place = p->packer.transposed ? vector : depth,
                 places = p->packer.transposed ? vectors : depths;
    const ptrdiff_t pixel_step = p->packer.transposed ? depth_step : vector_step;
    const ptrdiff_t place_step = p->packer.transposed ? vector_step : depth_step;
    if (pixels == 0 || places == 0) return;
    /* Channels first: pixels side by side in the image are so in the output. */
    const bool by_pixels =
        p->images && p->gap_y == 1 && p->gap_x == 1 && p->stride_x == 1 && p->column_stride == 1;
    if (place_step == 1) {
        const place from = place_at(p, first_place);
        pixel at = pixel_at(p, first_pixel);
        if (by_pixels && !p->channels_last && pixel_step == (ptrdiff_t)places && places <= 64) {
            dsc_real turned[64 * 16];
            for (size_t i = 0; i < pixels; i += 16, out += 16 * places) {
                const size_t some = pixels - i < 16 ? pixels - i : 16;
                few_pixels(p, kernels, turned, 16, from, places, pixel_at(p, first_pixel + i), some);
                kernels->transpose(out, (ptrdiff_t)places, turned, 16, places, some);
            }
            return;
        }
        for (size_t i = 0; i < pixels; i++, out += pixel_step, at = next_pixel(p, at))
            patch_places(p, kernels, out, at, from, places);
    } else {
        const pixel at = pixel_at(p, first_pixel);
        place of = place_at(p, first_place);
        if (by_pixels && pixels <= 16) {
            few_pixels(p, kernels, out, place_step, of, places, at, pixels);
            return;
        }
        for (size_t i = 0; i < places; i++, out += place_step, of = next_place(p, of))
            place_pixels(p, kernels, out, of, at, pixels);
    }
}

/* A row of the output is a run of pixels; in each, a row of the patch is a run of places. */
static bool patches_place(dsc_place *found, const dsc_packer *packer, size_t vector) {
    const dsc_packer_patches *p = (const dsc_packer_patches *)packer;
    const bool last = p->channels_last || p->channels == 1;
    if (packer->transposed || (!p->images && !p->halves) || !last || p->dilation_x != 1 || p->gap_x != 1 ||
        p->gap_y != 1 || p->padding_x != 0 || p->padding_y != 0 ||
        (p->channels > 1 && p->channel_stride != 1) || p->column_stride != (ptrdiff_t)p->channels ||
        (p->output_width - 1) * p->stride_x + p->kernel_width > p->width ||
        (p->output_height - 1) * p->stride_y + (p->kernel_height - 1) * p->dilation_y >= p->height)
        return false;
    const pixel at = pixel_at(p, vector);
    const ptrdiff_t start = image_start(p, at.image) + (ptrdiff_t)(at.y * p->stride_y) * p->row_stride +
                            (ptrdiff_t)(at.x * p->stride_x) * p->column_stride;
    *found =
        (dsc_place){.at = p->images ? (const void *)(p->images + start) : (const void *)(p->halves + start),
                    .halves = !p->images,
                    .vector_stride = (ptrdiff_t)p->stride_x * p->column_stride,
                    .depth_stride = 1,
                    .run_stride = (ptrdiff_t)p->dilation_y * p->row_stride,
                    .vectors = p->output_width - at.x,
                    .run = p->kernel_width * p->channels};
    return true;
}

void dsc_pack_patches_init(dsc_packer_patches *packer) {
    memset(packer, 0, sizeof *packer);
    packer->packer.fill = fill_patches;
    packer->packer.place = patches_place;
    packer->stride_y = packer->stride_x = packer->dilation_y = packer->dilation_x = 1;
    packer->gap_y = packer->gap_x = 1;
}
