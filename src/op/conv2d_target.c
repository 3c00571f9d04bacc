/* SPDX-License-Identifier: MIT */
/* conv2d_target.c: stores the rows of a convolution's product; see dsc_conv_target in conv2d_plan.h. */
#include "op/conv2d_plan.h"

#include "base/thresholds.h"

size_t dsc_conv_tiles(dsc_form form, const dsc_gemm *gemm) {
    const size_t bytes = gemm->rows * gemm->columns * sizeof(dsc_real);
    return form == DSC_FORM_PIXELS_BF16 ? (bytes + DSC_CONV_TILE_BYTES - 1) / DSC_CONV_TILE_BYTES : 1;
}

/* Rounds rows [first, last) of the product, except those that are not pixels. */
static void round_rows(const dsc_conv_target *t, const dsc_real *from, size_t first, size_t last,
                       const dsc_vector_kernels *vector) {
    uint16_t *to = dsc_halves_out(t->to);
    if (t->apart == t->width) {
        vector->to_bf16(to + first * t->channels, from + first * t->channels, (last - first) * t->channels);
        return;
    }
    for (size_t row = first, end; row < last; row = end) {
        const size_t y = row / t->apart, x = row % t->apart;
        end = dsc_smaller(last, (y + 1) * t->apart);
        if (x < t->width)
            vector->to_bf16(to + (y * t->width + x) * t->channels, from + row * t->channels,
                            (dsc_smaller(end, y * t->apart + t->width) - row) * t->channels);
    }
}

void dsc_conv_deliver(const dsc_conv_target *t, const dsc_real *from, const dsc_vector_kernels *vector) {
    const size_t row = t->width * t->channels;
    switch (t->form) {
    case DSC_FORM_REALS:
        dsc_conv_turn(t->to, t->plane, from, t->height, t->apart, t->width, t->channels, vector);
        break;
    case DSC_FORM_PIXELS:
        vector->copy_rows(t->to, (ptrdiff_t)row, from, (ptrdiff_t)(t->apart * t->channels), t->height, row);
        break;
    case DSC_FORM_PIXELS_BF16:
        round_rows(t, from, 0, dsc_conv_lines(t->height, t->apart, t->width), vector);
        break;
    }
}

void dsc_conv_product(const dsc_gemm_plan *plan, dsc_gemm *gemm, const dsc_conv_target *t, dsc_real *room,
                      void *workspace, const dsc_vector_kernels *vector) {
    const bool straight = t->form == DSC_FORM_PIXELS && t->apart == t->width;
    gemm->c = straight ? t->to : room;
    if (t->form != DSC_FORM_PIXELS_BF16) {
        dsc_conv_run(plan, gemm, workspace);
        if (!straight) dsc_conv_deliver(t, room, vector);
        return;
    }
    for (size_t tile = 0; tile < plan->tiles; tile++) {
        size_t first, last;
        dsc_gemm_tile_rows(&first, &last, plan, gemm, tile);
        dsc_gemm_run(plan, gemm, tile, tile + 1, workspace);
        if (tile % plan->column_tiles == plan->column_tiles - 1) round_rows(t, room, first, last, vector);
    }
}
