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

/* In tiles: an element of G w G'. */
static void fill_tiles(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                       ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                       size_t depth, size_t depths) {
    (void)kernels;
    const dsc_conv_weight *p = (const dsc_conv_weight *)(const void *)packer;
    for (size_t v = 0; v < vectors; v++)
        for (size_t d = 0; d < depths; d++) {
            const dsc_real *w = p->w + (vector + v) * p->vector_stride + (depth + d) * p->channel_stride;
            dsc_real sum = 0;
            for (size_t i = 0; i < p->term_count; i++) sum += p->terms[i].factor * w[p->terms[i].place];
            out[(ptrdiff_t)v * vector_step + (ptrdiff_t)d * depth_step] = sum;
        }
}

void dsc_conv_weight_pack(void *packed, const dsc_conv_weight *weight, const dsc_real *w, size_t panel,
                          const dsc_gemm_kernels *product) {
    dsc_conv_weight of = *weight;
    const size_t panels = of.panels / of.operands, operand = panel / panels;
    of.w = w;
    if (of.operands > 1) of.term_count = dsc_winograd_terms(of.terms, operand, of.turned);
    dsc_pack((unsigned char *)packed + operand * of.bytes, product, DSC_SIDE_B, &of.packer, of.vectors,
             of.depth, panel % panels, panel % panels + 1);
}

static dsc_conv_weight finished(dsc_conv_weight w, bool in_tiles, const dsc_gemm_kernels *product) {
    w.operands = 1;
    if (in_tiles) {
        w.packer.fill = fill_tiles;
        w.operands = DSC_WINOGRAD_PLANES;
        w.depth = w.channels;
    }
    const size_t bytes = dsc_pack_size(product, DSC_SIDE_B, w.vectors, w.depth);
    w.bytes = (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    w.panels = w.operands * dsc_pack_panels(product, DSC_SIDE_B, w.vectors);
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
