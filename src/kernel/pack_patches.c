/* SPDX-License-Identifier: MIT */
/* pack_patches.c: image patches as a product's operand (Chellapilla, Puri and Simard, "High performance
 * convolutional neural networks for document processing", 2006), read in place where the kernels can; see
 * pack.h. */
#include "kernel/pack.h"

#include "kernel/vectors.h"

#include <string.h>

/* Offset of the first element of a pixel's patch. */
static size_t start_of(const dsc_packer_patches *p, size_t pixel) {
    const size_t row = pixel / p->output_width, x = pixel % p->output_width;
    const size_t image = row / p->output_height, y = row % p->output_height;
    return (image * p->height + y * p->stride_y) * p->width * p->channels + x * p->stride_x * p->channels;
}

/* Elements that are contiguous in both patch and image: a kernel row, or one pixel if the kernel is
 * dilated. */
static size_t run_of(const dsc_packer_patches *p) {
    return p->dilation_x == 1 ? p->kernel_width * p->channels : p->channels;
}

/* Offset of run `index` from the start of the patch. */
static size_t run_start(const dsc_packer_patches *p, size_t index) {
    const size_t runs = p->dilation_x == 1 ? 1 : p->kernel_width; /* in a row of the kernel */
    return (index / runs * p->dilation_y * p->width + index % runs * p->dilation_x) * p->channels;
}

static void copy_run(const dsc_packer_patches *p, const dsc_vector_kernels *kernels, dsc_real *out,
                     ptrdiff_t step, size_t from, size_t count) {
    const uint16_t *halves = (const uint16_t *)p->elements + from;
    const dsc_real *reals = (const dsc_real *)p->elements + from;
    if (p->halves && step == 1)
        kernels->from_bf16(out, halves, count);
    else if (p->halves)
        for (size_t i = 0; i < count; i++) out[(ptrdiff_t)i * step] = dsc_bf16_to_float(halves[i]);
    else if (step == 1)
        memcpy(out, reals, count * sizeof *out);
    else
        for (size_t i = 0; i < count; i++) out[(ptrdiff_t)i * step] = reals[i];
}

static void fill_patches(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                         ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                         size_t depth, size_t depths) {
    const dsc_packer_patches *p = (const dsc_packer_patches *)packer;
    const size_t run = run_of(p);
    for (size_t v = vector; v < vector + vectors; v++, out += vector_step) {
        const size_t start = start_of(p, v);
        dsc_real *to = out;
        for (size_t d = depth; d < depth + depths;) {
            const size_t inside = d % run, left = depth + depths - d;
            const size_t count = run - inside < left ? run - inside : left;
            copy_run(p, kernels, to, depth_step, start + run_start(p, d / run) + inside, count);
            to += (ptrdiff_t)count * depth_step;
            d += count;
        }
    }
}

/* An output row is a run of pixels; in each patch, a kernel row is a run of places. */
static bool patches_place(dsc_vector_place *found, const dsc_packer *packer, size_t vector) {
    const dsc_packer_patches *p = (const dsc_packer_patches *)packer;
    if (p->dilation_x != 1) return false;
    const size_t start = start_of(p, vector) * (p->halves ? sizeof(uint16_t) : sizeof(dsc_real));
    const char *base = p->elements;
    /* A plan asks for vector 0 before the image exists: adding anything to NULL would be undefined. */
    *found = (dsc_vector_place){.at = start ? base + start : base,
                                .halves = p->halves,
                                .vector_stride = (ptrdiff_t)(p->stride_x * p->channels),
                                .depth_stride = 1,
                                .run_stride = (ptrdiff_t)(p->dilation_y * p->width * p->channels),
                                .vectors = p->output_width - vector % p->output_width,
                                .run = p->kernel_width * p->channels};
    return true;
}

void dsc_pack_patches_init(dsc_packer_patches *packer, const void *elements, bool halves) {
    memset(packer, 0, sizeof *packer);
    packer->packer.fill = fill_patches;
    packer->packer.place = patches_place;
    packer->elements = elements;
    packer->halves = halves;
    packer->stride_y = packer->stride_x = packer->dilation_y = packer->dilation_x = 1;
}
