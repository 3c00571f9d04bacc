/* SPDX-License-Identifier: MIT */
/* conv2d_backward.c: the gradients of a convolution, sample by sample; see conv2d.c for the formulas. Each
 * lane sums its samples' dw; the engine adds the lanes'. */
#include "op/conv2d_plan.h"

/* --- the plan --- */

static void plan_dx(const dsc_needs *needs, dsc_conv_plan *p) {
    const dsc_conv_sizes *z = &p->z;
    const dsc_gemm_kernels *product = needs->product;
    p->scatters = dsc_conv_scatters(z);
    p->dy = p->scatters ? dsc_conv_image_of_dy_alone(z, product) : dsc_conv_image_of_dy(z, product);
    p->dx_weight = dsc_conv_weight_for_dx(z, p->dy.filled, product);
    const ptrdiff_t pixel = (ptrdiff_t)p->dy.filled;
    if (p->scatters) {
        p->dx_rows.packer = product->elements_per_word == 2 ? dsc_pack_halves(NULL, pixel, 1)
                                                            : dsc_pack_matrix(NULL, pixel, 1);
        p->dx_rows.packer.rounded = true;
        p->dx_rows.packer.beyond = dsc_conv_beyond(product);
    } else {
        p->dx_rows.patches = dsc_conv_patches_for_dx(z, &p->dy, NULL, product);
    }
    p->dx_apart = p->scatters ? z->ow : dsc_conv_apart(&p->dx_rows.patches);
    p->dx = (dsc_gemm){.rows = p->scatters ? z->pixels : dsc_conv_lines(z->h, p->dx_apart, z->w),
                       .columns = p->dx_weight.vectors,
                       .depth = p->dx_weight.depth,
                       .a = {.packer = &p->dx_rows.packer},
                       .b = {.is_packed = true},
                       .c_row = (ptrdiff_t)p->dx_weight.vectors};
    dsc_gemm_plan_make(&p->dx_plan, product, &p->dx, 1);
    if (!(needs->wants & 1)) p->dx_weight.panels = 0;
}

/* Depth: the pixels of the output, each row of it filled up to whole words. */
static void plan_dw(const dsc_needs *needs, dsc_conv_plan *p) {
    const dsc_conv_sizes *z = &p->z;
    p->planes = dsc_conv_planes_of_x(z, needs->product);
    p->dw_rows = dsc_conv_places_of(&p->planes, z, NULL, needs->product);
    p->dw = (dsc_gemm){.rows = z->patch,
                       .columns = z->k,
                       .depth = z->oh * p->planes.run,
                       .a = {.packer = &p->dw_rows.packer},
                       .b = {.is_packed = true},
                       .c_row = (ptrdiff_t)z->k};
    dsc_gemm_plan_make(&p->dw_plan, needs->product, &p->dw, 1);
}

size_t dsc_conv_plan_backward(const dsc_needs *needs, dsc_conv_plan *p) {
    plan_dx(needs, p);
    plan_dw(needs, p);
    return dsc_larger(p->dx_plan.workspace, p->dw_plan.workspace);
}

/* --- dx --- */

static void backward_x(const dsc_call *call, size_t n) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_conv_room *room = &p->room;
    dsc_real *scratch = call->scratch, *image = scratch + room->back_image, *out = scratch + room->back_out;
    dsc_conv_rows rows = p->dx_rows;
    dsc_gemm gemm = p->dx;
    if (p->scatters)
        rows.packer.matrix = image;
    else
        rows.patches.elements = image;
    gemm.a.packer = &rows.packer;
    gemm.b.packed = (const unsigned char *)call->shared + p->packed_dx;
    gemm.c = out;
    dsc_conv_image_make(image, &p->dy, call->d_out[0] + n * z->k * z->pixels, call->product,
                        scratch + room->back_source);
    dsc_conv_run(&p->dx_plan, &gemm, scratch + room->back_workspace);
    size_t apart = p->dx_apart;
    if (p->scatters) {
        dsc_conv_scatter(scratch + room->scattered, out, z, call->kernels->vector);
        out = scratch + room->scattered;
        apart = z->w;
    }
    dsc_conv_turn(call->d_in[0] + n * z->c * z->input_pixels, z->input_pixels, out, z->h, apart, z->w, z->c,
                  call->kernels->vector);
}

/* --- dw and db --- */

/* dy (K, OH, OW) as the right side (pixels, K), packed. */
static void pack_dy(const dsc_call *call, const dsc_real *dy) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_gemm_kernels *product = call->product;
    const size_t run = p->planes.run, depth = z->oh * run;
    dsc_real *scratch = call->scratch;
    dsc_packer packer = dsc_pack_matrix(dy, (ptrdiff_t)z->pixels, 1);
    if (product->elements_per_word == 2) {
        uint16_t *halves = (uint16_t *)(void *)(scratch + p->room.dy);
        if (run == z->ow)
            product->round_row(halves, dy, z->k * z->pixels);
        else
            for (size_t row = 0; row < z->k * z->oh; row++) {
                product->round_row(halves + row * run, dy + row * z->ow, z->ow);
                halves[row * run + z->ow] = 0;
            }
        packer = dsc_pack_halves(halves, (ptrdiff_t)depth, 1);
    }
    dsc_pack(scratch + p->room.packed, product, DSC_SIDE_B, &packer, z->k, depth, 0,
             dsc_pack_panels(product, DSC_SIDE_B, z->k));
}

static void backward_w(const dsc_call *call, size_t n) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    dsc_real *scratch = call->scratch;
    const dsc_real *x = call->in[0] + n * z->c * z->input_pixels;
    dsc_conv_places rows = p->dw_rows;
    dsc_gemm gemm = p->dw;
    if (!p->planes.direct)
        dsc_conv_planes_make(scratch + p->room.planes, &p->planes, z, x, call->product,
                             scratch + p->room.rounded);
    pack_dy(call, call->d_out[0] + n * z->k * z->pixels);
    rows.packer.matrix = p->planes.direct ? x : scratch + p->room.planes;
    gemm.a.packer = &rows.packer;
    gemm.b.packed = scratch + p->room.packed;
    gemm.c = scratch + p->room.sums;
    gemm.accumulate = n > 0;
    dsc_conv_run(&p->dw_plan, &gemm, scratch + p->room.back_workspace);
}

/* dw (K, C, R, S) from the sums (R S C, K). */
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

static void add_b(const dsc_call *call, size_t n) {
    const dsc_conv_sizes *z = &((const dsc_conv_plan *)call->plan)->z;
    for (size_t k = 0; k < z->k; k++)
        call->d_in[2][k] +=
            call->kernels->vector->sum(call->d_out[0] + (n * z->k + k) * z->pixels, z->pixels);
}

void dsc_conv_backward(const dsc_call *call) {
    const bool bias = call->input_count == 3 && call->d_in[2];
    if (bias) call->kernels->vector->fill(call->d_in[2], 0, call->out_shape[0].size[0]);
    for (size_t n = 0; n < call->count; n++) {
        if (call->d_in[1]) backward_w(call, n);
        if (bias) add_b(call, n);
        if (call->d_in[0]) backward_x(call, n);
    }
    if (call->d_in[1]) finish_w(call);
}
