/* SPDX-License-Identifier: MIT */
/* matmul_columns.c: a first layer in training, divided by columns of its input (pixels) instead of samples.
 *
 * If the weight is larger than the batch, a step of a small network is dominated by memory traffic between
 * cores: each core needs the whole weight, which other cores have changed. Here one thread owns block i of
 * the columns of x (several threads if the weight is large). A block is as deep as the product's blocks of
 * depth (gemm.h). The thread packs those columns of the weight, multiplies by them,
 *
 *   sums[i] (batch, n) = x[:, block i] w[:, block i]^T        y = ((sums[0] + sums[1]) + ...) + b
 *
 * and computes the same columns of dw. The order of summation equals that of the whole product, so the bits
 * are the same. Only the sums and dy move between cores. */
#include "op/matmul_plan.h"

#include "base/thresholds.h"
#include "kernel/gemm_pack.h"

enum { TOGETHER = DSC_SPARSE_INPUTS }; /* columns of x */

/* --- the plan --- */

static size_t blocks_of(const dsc_needs *needs, const dsc_matmul_plan *p) {
    const size_t depth = dsc_gemm_depth_block(needs->product, p->k);
    return (p->k + depth - 1) / depth;
}

bool dsc_matmul_columns_serve(const dsc_needs *needs, const dsc_matmul_plan *p) {
    return needs->training && (needs->wants & 3) == 2 && p->rows == 1 && needs->batch <= 2 * p->n &&
           p->n * p->k >= DSC_COLUMNS_FROM && blocks_of(needs, p) > 1;
}

static dsc_gemm product_of(const dsc_matmul_plan *p, size_t samples, size_t depth, const dsc_packer *x) {
    return (dsc_gemm){.rows = samples,
                      .columns = p->n,
                      .depth = depth,
                      .a = {.packer = x},
                      .b = {.is_packed = true},
                      .c_row = (ptrdiff_t)(p->blocks * p->sums)};
}

/* A large weight has several tiles for each block, so that more threads than blocks have work. */
static size_t parts_of(const dsc_matmul_plan *p) {
    const size_t parts = p->n * p->k / DSC_COLUMNS_TILE / p->blocks;
    return parts < 1 ? 1 : dsc_smaller(parts, DSC_COLUMNS_TILES);
}

static dsc_blocks blocks(const void *plan) {
    const dsc_matmul_plan *p = plan;
    return (dsc_blocks){.columns = p->depth, .tiles = p->parts};
}
static size_t forward_tiles(const void *plan) {
    const dsc_matmul_plan *p = plan;
    return p->blocks * p->parts;
}
static size_t backward_tiles(const void *plan) { return forward_tiles(plan) + 1; }

/* --- forward --- */

/* Computes some columns of y's sums for one block of depth. */
static void forward_block(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const size_t block = call->tile / p->parts, part = call->tile % p->parts;
    const size_t begin = block * p->depth, depth = dsc_smaller(begin + p->depth, p->k) - begin;
    const size_t first = p->y_panels * part / p->parts, last = p->y_panels * (part + 1) / p->parts;
    const size_t column = first * call->product->width;
    if (first == last) return;
    const dsc_packer w = dsc_pack_matrix(call->in[1] + begin, (ptrdiff_t)p->k, 1),
                     x = dsc_pack_matrix(call->in[0] + begin, (ptrdiff_t)p->k, 1);
    unsigned char *packed = (unsigned char *)call->shared + block * p->packed_block;
    dsc_pack(packed, call->product, DSC_SIDE_B, &w, p->n, depth, first, last);
    packed += first * dsc_gemm_panel_bytes(call->product, depth);
    dsc_gemm gemm = product_of(p, call->count, depth, &x);
    gemm.columns = dsc_smaller(last * call->product->width, p->n) - column;
    gemm.b.packed = packed;
    gemm.c = (dsc_real *)call->saved + block * p->sums + column;
    const dsc_sparse_rows sparse = {.x = call->in[0] + begin,
                                    .x_row = p->k,
                                    .rows = call->count,
                                    .packed = packed,
                                    .depth = depth,
                                    .n = gemm.columns,
                                    .product = call->product};
    if (p->looks_for_zeros && dsc_sparse_pays(sparse.x, p->k, call->count, depth))
        dsc_sparse_rows_sum(gemm.c, (size_t)gemm.c_row, &sparse, 0, depth);
    else
        dsc_matmul_run(&p->y_block, &gemm, call->scratch);
}

static void forward_sum(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_vector_kernels *vector = call->kernels->vector;
    for (size_t i = 0; i < call->count; i++) {
        const dsc_real *sums = (const dsc_real *)call->saved + i * p->blocks * p->sums;
        dsc_real *y = call->out[0] + i * p->n;
        vector->add(y, sums, sums + p->sums, p->n);
        for (size_t k = 2; k < p->blocks; k++) vector->add(y, y, sums + k * p->sums, p->n);
        if (dsc_matmul_bias_of(call)) vector->add(y, y, dsc_matmul_bias_of(call), p->n);
    }
}

/* --- backward --- */

/* Computes some columns of dw in one block; the last tile computes db. */
static void backward_block(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    if (call->tile + 1 == call->tiles) {
        dsc_matmul_bias(call);
        return;
    }
    const size_t block = call->tile / p->parts, part = call->tile % p->parts;
    const size_t begin = block * p->depth, end = dsc_smaller(begin + p->depth, p->k);
    const size_t groups = (end - begin + TOGETHER - 1) / TOGETHER;
    dsc_matmul_weight_columns(call, begin + groups * part / p->parts * TOGETHER,
                              dsc_smaller(begin + groups * (part + 1) / p->parts * TOGETHER, end));
}

static const dsc_stage no_stages[] = {{0}};
static const dsc_stage forward_stages[] = {
    {.kind = DSC_STAGE_TILES, .run = forward_block, .tiles = forward_tiles, .blocks = blocks},
    {.kind = DSC_STAGE_SAMPLES, .run = forward_sum},
    {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_TILES,
                                             .run = backward_block,
                                             .tiles = backward_tiles,
                                             .writes = 2 | 4,
                                             .blocks = blocks},
                                            {0}};

void dsc_matmul_plan_columns(dsc_needs *needs, dsc_matmul_plan *p) {
    p->depth = dsc_gemm_depth_block(needs->product, p->k);
    p->blocks = blocks_of(needs, p);
    p->parts = parts_of(p);
    p->sums = (p->n + 15) / 16 * 16; /* whole cache lines */
    const size_t bytes = dsc_pack_size(needs->product, DSC_SIDE_B, p->n, p->depth);
    p->packed_block = (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    const dsc_packer x = dsc_pack_matrix(NULL, (ptrdiff_t)p->k, 1);
    const dsc_gemm gemm = product_of(p, needs->batch, p->depth, &x);
    dsc_matmul_plan_product(&p->y_block, &gemm, needs);
    needs->saved_shared = p->blocks * p->packed_block;
    needs->saved_per_sample = p->blocks * p->sums * sizeof(dsc_real);
    needs->prepare = no_stages;
    needs->forward = forward_stages;
    needs->backward = backward_stages;
}
