/* SPDX-License-Identifier: MIT */
/* conv2d_backward.c: the gradients of a convolution, one sample at a time; formulas: conv2d.c. Each lane sums
 * dw over its samples; the engine adds the sums of the lanes. */
#include "op/conv2d_plan.h"

/* --- the plan --- */

static void plan_dx(const dsc_needs *needs, dsc_conv_plan *p) {
    const dsc_conv_sizes *z = &p->z;
    const dsc_gemm_kernels *product = needs->product;
    p->scatters = dsc_conv_scatters(z);
    p->dy = p->scatters ? dsc_conv_image_of_dy_alone(z, p->y_form, product)
                        : dsc_conv_image_of_dy(z, p->y_form, product);
    p->dx_weight = dsc_conv_weight_for_dx(z, p->dy.filled, product);
    if (!(needs->wants & 1)) p->dx_weight.panels = 0;
    if (z->in_tiles) {
        dsc_winograd_plan_result(&p->dx_tiles, &p->dy, z->c, z->h, z->w, needs->lane_batch, product);
        return;
    }
    const ptrdiff_t pixel = (ptrdiff_t)p->dy.filled;
    if (p->scatters) {
        p->dx_rows.packer = p->dy.halves ? dsc_pack_halves(NULL, pixel, 1) : dsc_pack_matrix(NULL, pixel, 1);
        p->dx_rows.packer.rounded = true;
        p->dx_rows.packer.beyond = dsc_conv_beyond(product);
    } else {
        p->dx_rows.patches = dsc_conv_patches_for_dx(z, &p->dy, product);
    }
    p->dx_apart = p->scatters ? z->ow : dsc_conv_apart(&p->dx_rows.patches);
    p->dx = (dsc_gemm){.rows = p->scatters ? z->pixels : dsc_conv_lines(z->h, p->dx_apart, z->w),
                       .columns = p->dx_weight.vectors,
                       .depth = p->dx_weight.depth,
                       .a = {.packer = &p->dx_rows.packer},
                       .b = {.is_packed = true},
                       .c_row = (ptrdiff_t)p->dx_weight.vectors};
    dsc_gemm_plan_make(&p->dx_plan, product, &p->dx, p->scatters ? 1 : dsc_conv_tiles(p->x_form, &p->dx));
}

/* Depth: the output pixels, row by row (dsc_conv_places). */
static void plan_dw(const dsc_needs *needs, dsc_conv_plan *p) {
    const dsc_conv_sizes *z = &p->z;
    if (z->in_tiles) {
        p->dy_alone = dsc_conv_image_of_dy_alone(z, p->y_form, needs->product);
        dsc_winograd_plan_weight(&p->dw_tiles, &p->x, z->k, z->oh, z->ow, needs->lane_batch, needs->product);
        return;
    }
    p->planes = dsc_conv_planes_of_x(z, p->x_form, needs->product);
    p->dw_rows = dsc_conv_places_of(&p->planes, z, NULL, needs->product);
    p->dw = (dsc_gemm){.rows = z->patch,
                       .columns = z->k,
                       .depth = p->planes.depth,
                       .a = {.packer = &p->dw_rows.packer},
                       .b = {.is_packed = true},
                       .c_row = (ptrdiff_t)z->k};
    dsc_gemm_plan_make(&p->dw_plan, needs->product, &p->dw, 1);
}

size_t dsc_conv_plan_backward(const dsc_needs *needs, dsc_conv_plan *p) {
    plan_dx(needs, p);
    plan_dw(needs, p);
    if (p->z.in_tiles) return dsc_larger(p->dx_tiles.plan.workspace, p->dw_tiles.plan.workspace);
    return dsc_larger(p->dx_plan.workspace, p->dw_plan.workspace);
}

/* --- dx --- */

static void backward_x(const dsc_call *call, size_t n) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_conv_room *room = &p->room;
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *scratch = call->scratch, *out = scratch + room->back_out;
    dsc_conv_rows rows = p->dx_rows;
    dsc_gemm gemm = p->dx;
    dsc_conv_target target = {.form = p->x_form,
                              .to = dsc_sample_out(call->d_in[0], p->x_form, n, z->c * z->input_pixels),
                              .height = z->h,
                              .width = z->w,
                              .channels = z->c,
                              .apart = p->dx_apart,
                              .plane = z->input_pixels};
    const void *image = dsc_conv_image_make(scratch + room->back_image, &p->dy,
                                            dsc_sample_in(call->d_out[0], p->y_form, n, z->k * z->pixels),
                                            call->count - n - 1, call->product, scratch + room->back_source);
    if (p->scatters)
        rows.packer.matrix = image;
    else
        rows.patches.elements = image;
    gemm.a.packer = &rows.packer;
    gemm.b.packed = (const unsigned char *)call->shared + p->packed_dx;
    if (!p->scatters) {
        dsc_conv_product(&p->dx_plan, &gemm, &target, out, scratch + room->back_workspace, vector);
        return;
    }
    gemm.c = out;
    dsc_conv_run(&p->dx_plan, &gemm, scratch + room->back_workspace);
    dsc_conv_scatter(scratch + room->scattered, out, z, vector);
    target.apart = z->w;
    dsc_conv_deliver(&target, scratch + room->scattered, vector);
}

/* --- dw and db --- */

/* Converts dy from reals (K, OH, OW) to pairs of bfloat16, with zeros between its rows. */
static dsc_packer round_dy(const dsc_conv_plan *p, uint16_t *halves, const dsc_real *dy,
                           const dsc_gemm_kernels *product) {
    const dsc_conv_sizes *z = &p->z;
    const size_t depth = p->planes.depth, apart = p->planes.apart;
    if (depth == z->pixels) {
        product->round_row(halves, dy, z->k * z->pixels);
        return dsc_pack_halves(halves, (ptrdiff_t)depth, 1);
    }
    memset(halves, 0, z->k * depth * sizeof *halves);
    for (size_t k = 0; k < z->k; k++)
        for (size_t y = 0; y < z->oh; y++)
            product->round_row(halves + k * depth + y * apart, dy + (k * z->oh + y) * z->ow, z->ow);
    return dsc_pack_halves(halves, (ptrdiff_t)depth, 1);
}

/* dy in bfloat16 (OH, OW, K): in place, or copied with pixels of zeros between its rows. */
static dsc_packer spread_dy(const dsc_conv_plan *p, uint16_t *halves, const void *dy) {
    const dsc_conv_sizes *z = &p->z;
    const size_t row = z->ow * z->k, apart = p->planes.apart * z->k, all = p->planes.depth * z->k;
    if (p->planes.depth == z->pixels) return dsc_pack_halves(dy, 1, (ptrdiff_t)z->k);
    for (size_t y = 0, at = 0; y < z->oh; y++, at += apart) {
        const size_t next = y + 1 < z->oh ? at + apart : all;
        memcpy(halves + at, (const uint16_t *)dy + y * row, row * sizeof *halves);
        memset(halves + at + row, 0, (next - at - row) * sizeof *halves);
    }
    return dsc_pack_halves(halves, 1, (ptrdiff_t)z->k);
}

/* Packs dy as the right operand (pixels, K). */
static void pack_dy(const dsc_call *call, const dsc_real *dy) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_gemm_kernels *product = call->product;
    dsc_real *scratch = call->scratch;
    uint16_t *halves = (uint16_t *)(void *)(scratch + p->room.dy);
    const dsc_packer packer = p->y_form == DSC_FORM_PIXELS_BF16 ? spread_dy(p, halves, dy)
                              : p->y_form == DSC_FORM_PIXELS    ? dsc_pack_matrix(dy, 1, (ptrdiff_t)z->k)
                              : product->elements_per_word == 2
                                  ? round_dy(p, halves, dy, product)
                                  : dsc_pack_matrix(dy, (ptrdiff_t)z->pixels, 1);
    dsc_pack(scratch + p->room.packed, product, DSC_SIDE_B, &packer, z->k, p->planes.depth, 0,
             dsc_pack_panels(product, DSC_SIDE_B, z->k));
}

static void backward_w(const dsc_call *call, size_t n) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    dsc_real *scratch = call->scratch;
    const dsc_real *x = dsc_sample_in(call->in[0], p->x_form, n, z->c * z->input_pixels);
    dsc_conv_places rows = p->dw_rows;
    dsc_gemm gemm = p->dw;
    if (!p->planes.direct)
        dsc_conv_planes_make(scratch + p->room.planes, &p->planes, z, x, call->product,
                             scratch + p->room.rounded);
    pack_dy(call, dsc_sample_in(call->d_out[0], p->y_form, n, z->k * z->pixels));
    rows.packer.matrix = p->planes.direct ? x : scratch + p->room.planes;
    gemm.a.packer = &rows.packer;
    gemm.b.packed = scratch + p->room.packed;
    gemm.c = scratch + p->room.sums;
    gemm.accumulate = n > 0;
    dsc_conv_run(&p->dw_plan, &gemm, scratch + p->room.back_workspace);
}

/* Stores the sums (R S C, K) as dw (K, C, R, S). */
static void finish_w(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const size_t rs = z->r * z->s;
    for (size_t place = 0; place < rs; place++)
        for (size_t c = 0; c < z->c; c++) {
            const dsc_real *sums = (dsc_real *)call->scratch + p->room.sums + (place * z->c + c) * z->k;
            dsc_real *dw = call->d_in[1] + c * rs + place;
            for (size_t k = 0; k < z->k; k++) dw[k * z->patch] = sums[k];
        }
}

/* db: the sum over pixels; bfloat16 is widened block by block. */
static void add_pixels(const dsc_call *call, const uint16_t *dy) {
    enum { BLOCK = 2048 };
    const dsc_conv_sizes *z = &((const dsc_conv_plan *)call->plan)->z;
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real block[BLOCK];
    const size_t wide = dsc_smaller(z->k, BLOCK / 8), together = BLOCK / wide;
    for (size_t k = 0; k < z->k; k += wide)
        for (size_t pixel = 0; pixel < z->pixels; pixel += together) {
            const size_t w = dsc_smaller(wide, z->k - k), some = dsc_smaller(together, z->pixels - pixel);
            for (size_t i = 0; i < (w == z->k ? 1 : some); i++)
                vector->from_bf16(block + i * w, dy + (pixel + i) * z->k + k, w == z->k ? some * w : w);
            vector->sum_rows(call->d_in[2] + k, block, (ptrdiff_t)w, some, w, true);
        }
}

static void add_b(const dsc_call *call, size_t n) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_real *dy = dsc_sample_in(call->d_out[0], p->y_form, n, z->k * z->pixels);
    switch (p->y_form) {
    case DSC_FORM_REALS:
        for (size_t k = 0; k < z->k; k++)
            call->d_in[2][k] += call->kernels->vector->sum(dy + k * z->pixels, z->pixels);
        break;
    case DSC_FORM_PIXELS:
        call->kernels->vector->sum_rows(call->d_in[2], dy, (ptrdiff_t)z->k, z->pixels, z->k, true);
        break;
    case DSC_FORM_PIXELS_BF16:
        add_pixels(call, dsc_halves_in(dy));
        break;
    }
}

void dsc_conv_backward(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const bool bias = call->input_count == 3 && call->d_in[2];
    if (bias) call->kernels->vector->fill(call->d_in[2], 0, call->out_shape[0].size[0]);
    for (size_t n = 0; n < call->count; n++) {
        if (bias) add_b(call, n);
        if (p->z.in_tiles) continue;
        if (call->d_in[1]) backward_w(call, n);
        if (call->d_in[0]) backward_x(call, n);
    }
    if (call->d_in[1]) (p->z.in_tiles ? dsc_conv_tiles_dw : finish_w)(call);
    if (call->d_in[0] && p->z.in_tiles) dsc_conv_tiles_dx(call);
}
