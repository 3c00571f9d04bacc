/* SPDX-License-Identifier: MIT */
/* conv2d_weight.c: the weight of a convolution as the right operand of its products; see conv2d_plan.h. */
#include "op/conv2d_plan.h"

static void fill_weight(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    (void)kernels;
    const dsc_conv_weight *p = (const dsc_conv_weight *)(const void *)packer;
    for (size_t v = vector; v < vector + vectors; v++, out += vector_step) {
        const dsc_real *of_vector = p->w + v % p->vector_channels * p->vector_stride + v / p->vector_channels;
        size_t place = depth / p->filled, channel = depth % p->filled;
        dsc_real *to = out;
        for (size_t d = 0; d < depths; d++, to += depth_step) {
            *to = channel < p->channels
                      ? of_vector[channel * p->channel_stride + (p->turned ? p->rs - 1 - place : place)]
                      : 0;
            if (++channel == p->filled) channel = 0, place++;
        }
    }
}

/* out = (or +=) the sum of the terms from `first` on, at most three of them; each has `count` numbers. */
static void add_terms(dsc_real *restrict out, const dsc_conv_weight *p, size_t first,
                      const dsc_real *restrict taken, size_t count) {
    const size_t plane = p->depth * p->wide, left = p->term_count - first;
    const dsc_winograd_term *t = p->terms + first;
    const dsc_real *a = taken + t[0].place * plane, fa = t[0].factor;
    if (left == 1) {
        for (size_t i = 0; i < count; i++) out[i] = fa * a[i];
        return;
    }
    const dsc_real *b = taken + t[1].place * plane, *c = taken + t[2].place * plane;
    const dsc_real fb = t[1].factor, fc = t[2].factor;
    if (first == 0)
        for (size_t i = 0; i < count; i++) out[i] = fa * a[i] + fb * b[i] + fc * c[i];
    else
        for (size_t i = 0; i < count; i++) out[i] = out[i] + fa * a[i] + fb * b[i] + fc * c[i];
}

/* In tiles: elements of G w G', which have 1, 3 or 9 terms. As the right operand is packed in panels,
 * vector_step is 1. */
static void fill_tiles(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                       ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                       size_t depth, size_t depths) {
    (void)kernels, (void)vector_step;
    const dsc_conv_weight *p = (const dsc_conv_weight *)(const void *)packer;
    const dsc_real *taken = p->taken + depth * p->wide + vector - p->first;
    if (vectors == p->wide && depth_step == (ptrdiff_t)vectors) vectors *= depths, depths = 1;
    for (size_t d = 0; d < depths; d++, out += depth_step, taken += p->wide)
        for (size_t i = 0; i < p->term_count; i += 3) add_terms(out, p, i, taken, vectors);
}

/* out (9, depth, wide): the places of the weight, of the panel's vectors, since each of them is a term of
 * several operands. */
static void take_panel(dsc_real *out, const dsc_conv_weight *p, const dsc_vector_kernels *kernels) {
    const dsc_real *from = p->w + p->first * p->vector_stride;
    for (size_t d = 0; d < p->depth; d++, out += p->wide, from += p->channel_stride)
        kernels->transpose(out, (ptrdiff_t)(p->depth * p->wide), from, (ptrdiff_t)p->vector_stride, p->wide,
                           9);
}

void dsc_conv_weight_pack(void *packed, const dsc_conv_weight *weight, const dsc_real *w, size_t panel,
                          const dsc_gemm_kernels *product, dsc_real *scratch) {
    dsc_conv_weight of = *weight;
    of.w = w;
    if (of.operands > 1) {
        of.first = panel * product->width;
        of.wide = dsc_smaller(product->width, of.vectors - of.first);
        of.taken = scratch;
        take_panel(scratch, &of, product->vector);
    }
    for (size_t operand = 0; operand < of.operands; operand++) {
        if (of.operands > 1) of.term_count = dsc_winograd_terms(of.terms, operand, of.turned);
        dsc_pack((unsigned char *)packed + operand * of.bytes, product, DSC_SIDE_B, &of.packer, of.vectors,
                 of.depth, panel, panel + 1);
    }
}

static dsc_conv_weight finished(dsc_conv_weight w, bool in_tiles, const dsc_gemm_kernels *product) {
    w.operands = 1;
    if (in_tiles) {
        w.packer.fill = fill_tiles;
        w.operands = DSC_WINOGRAD_PLANES;
        w.depth = w.channels;
        w.scratch = 9 * w.depth * product->width;
    }
    const size_t bytes = dsc_pack_size(product, DSC_SIDE_B, w.vectors, w.depth);
    w.bytes = (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    w.panels = dsc_pack_panels(product, DSC_SIDE_B, w.vectors);
    return w;
}

dsc_conv_weight dsc_conv_weight_for_y(const dsc_conv_sizes *z, size_t filled,
                                      const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s;
    const dsc_conv_weight w = {.packer = {.fill = fill_weight},
                               .vectors = z->k,
                               .depth = rs * filled,
                               .channels = z->c,
                               .filled = filled,
                               .rs = rs,
                               .vector_channels = z->k,
                               .vector_stride = z->patch,
                               .channel_stride = rs};
    return finished(w, z->in_tiles, product);
}

dsc_conv_weight dsc_conv_weight_for_dx(const dsc_conv_sizes *z, size_t filled,
                                       const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s;
    const bool scattered = dsc_conv_scatters(z);
    const dsc_conv_weight w = {.packer = {.fill = fill_weight},
                               .vectors = scattered ? z->patch : z->c,
                               .depth = scattered ? filled : rs * filled,
                               .channels = z->k,
                               .filled = filled,
                               .rs = rs,
                               .vector_channels = z->c,
                               .vector_stride = rs,
                               .channel_stride = z->patch,
                               .turned = !scattered};
    return finished(w, z->in_tiles, product);
}
