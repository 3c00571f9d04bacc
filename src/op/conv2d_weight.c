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

static void count_panels(dsc_conv_weight *w, const dsc_gemm_kernels *product) {
    w->panels = dsc_pack_panels(product, DSC_SIDE_B, w->vectors);
}

dsc_conv_weight dsc_conv_weight_for_y(const dsc_conv_sizes *z, size_t filled,
                                      const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s;
    dsc_conv_weight w = {.packer = {.fill = fill_weight},
                         .vectors = z->k,
                         .depth = rs * filled,
                         .channels = z->c,
                         .filled = filled,
                         .rs = rs,
                         .vector_channels = z->k,
                         .vector_stride = z->patch,
                         .channel_stride = rs};
    count_panels(&w, product);
    return w;
}

dsc_conv_weight dsc_conv_weight_for_dx(const dsc_conv_sizes *z, size_t filled,
                                       const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s;
    const bool scattered = dsc_conv_scatters(z);
    dsc_conv_weight w = {.packer = {.fill = fill_weight},
                         .vectors = scattered ? z->patch : z->c,
                         .depth = scattered ? filled : rs * filled,
                         .channels = z->k,
                         .filled = filled,
                         .rs = rs,
                         .vector_channels = z->c,
                         .vector_stride = rs,
                         .channel_stride = z->patch,
                         .turned = !scattered};
    count_panels(&w, product);
    return w;
}
