/* SPDX-License-Identifier: MIT */
/* matmul_columns.c: a first layer in training, shared out by columns of its input (pixels) instead of samples.
 *
 * Where the weight is larger than the batch, a step of a small network is mostly memory that goes from core to core: each needs
 * the whole weight, which others have changed. Here block i of the columns of x, as deep as the product's blocks of depth are
 * (gemm.h), is one thread's from beginning to end, or a few threads' where the weight is large: it packs those columns of the weight
 * and multiplies by them,
 *
 *   sums[i] (batch, n) = x[:, block i] w[:, block i]^T        y = ((sums[0] + sums[1]) + ...) + b
 *
 * which is the order in which the whole product is summed, so the bits are the same; and it makes those columns of dw. Only the sums
 * and dy go from core to core. */
#include "op/matmul_columns.h"

#include "base/limits.h"
#include "kernel/gemm_pack.h"
#include "op/matmul_sizes.h"
#include "op/matmul_sparse.h"
#include "op/matmul_weight.h"

enum {
    WORTH_SHARING = DSC_USUALLY(20000, 1),
    A_TILE = DSC_USUALLY(30000, 1) /* numbers in the weight */,
    TILES_MOST = 4,
    TOGETHER = 16
};

static size_t aligned(size_t bytes) { return (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT; }

/* Between the sums of two blocks, in numbers: whole cache lines. */
static size_t sums_of(const dsc_matmul_sizes *s) { return (s->n + 15) / 16 * 16; }

typedef struct block {
    size_t index, blocks; /* of so many in all */
    size_t first, last;   /* columns of x */
    size_t packed;        /* where its part of the packed weight is, in bytes */
} block;

static block block_at(const dsc_gemm_kernels *product, const dsc_matmul_sizes *s, size_t index) {
    const size_t depth = dsc_gemm_depth_block(product, s->k);
    return (block){.index = index,
                   .blocks = (s->k + depth - 1) / depth,
                   .first = index * depth,
                   .last = dsc_smaller((index + 1) * depth, s->k),
                   .packed = index * aligned(dsc_pack_size(product, DSC_SIDE_B, s->n, depth))};
}

static dsc_gemm product_of(const block *b, const dsc_matmul_sizes *s, size_t samples, const dsc_packer *x,
                           const void *packed) {
    return (dsc_gemm){.rows = samples,
                      .columns = s->n,
                      .depth = b->last - b->first,
                      .a = {.packer = x},
                      .b = {.packed = packed},
                      .c_row = (ptrdiff_t)(b->blocks * sums_of(s))};
}

/* A large weight has several tiles for each block, so that more threads than blocks have work. */
static size_t tiles_a_block(const dsc_matmul_sizes *s, size_t blocks) {
    const size_t tiles = s->n * s->k / A_TILE / blocks;
    return tiles < 1 ? 1 : dsc_smaller(tiles, TILES_MOST);
}

static size_t forward_tiles(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const size_t blocks = block_at(call->product, &s, 0).blocks;
    return blocks * tiles_a_block(&s, blocks);
}

/* Some columns of y, of one block of depth. */
static void forward_block(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const size_t parts = tiles_a_block(&s, block_at(call->product, &s, 0).blocks), part = call->tile % parts;
    const block b = block_at(call->product, &s, call->tile / parts);
    const size_t depth = b.last - b.first, width = call->product->width;
    const size_t panels = dsc_pack_panels(call->product, DSC_SIDE_B, s.n);
    const size_t first = panels * part / parts, last = panels * (part + 1) / parts;
    if (first == last) return;
    const dsc_packer w = dsc_pack_matrix(call->in[1] + b.first, (ptrdiff_t)s.k, 1),
                     x = dsc_pack_matrix(call->in[0] + b.first, (ptrdiff_t)s.k, 1);
    unsigned char *packed = (unsigned char *)call->shared + b.packed;
    dsc_pack(packed, call->product, DSC_SIDE_B, &w, s.n, depth, first, last);
    packed += first * dsc_gemm_panel_bytes(call->product, depth);
    dsc_gemm gemm = product_of(&b, &s, call->count, &x, packed);
    gemm.columns = dsc_smaller(last * width, s.n) - first * width;
    gemm.c = (dsc_real *)call->saved + b.index * sums_of(&s) + first * width;
    const dsc_sparse_rows sparse = {.x = call->in[0] + b.first,
                                    .x_row = s.k,
                                    .rows = call->count,
                                    .packed = packed,
                                    .depth = depth,
                                    .n = gemm.columns,
                                    .kernels = call->kernels,
                                    .product = call->product};
    if (dsc_matmul_looks_for_zeros(call->kernels, call->product, call->wants, &s) &&
        dsc_sparse_pays(sparse.x, s.k, call->count, depth))
        dsc_sparse_rows_sum(gemm.c, (size_t)gemm.c_row, &sparse, 0, depth);
    else
        dsc_matmul_run(call, &gemm);
}

static void forward_sum(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    const size_t blocks = block_at(call->product, &s, 0).blocks, apart = sums_of(&s);
    const dsc_vector_kernels *vector = call->kernels->vector;
    for (size_t i = 0; i < call->count; i++) {
        const dsc_real *sums = (const dsc_real *)call->saved + i * blocks * apart;
        dsc_real *y = call->out[0] + i * s.n;
        vector->add(y, sums, sums + apart, s.n);
        for (size_t k = 2; k < blocks; k++) vector->add(y, y, sums + k * apart, s.n);
        if (call->input_count == 3) vector->add(y, y, call->in[2], s.n);
    }
}

static size_t backward_tiles(const dsc_call *call) { return forward_tiles(call) + 1; }

/* Some columns of dw, of one block; the last tile makes db. */
static void backward_block(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    if (call->tile + 1 == call->tiles) {
        dsc_matmul_bias(call, &s);
        return;
    }
    const size_t parts = tiles_a_block(&s, block_at(call->product, &s, 0).blocks), part = call->tile % parts;
    const block b = block_at(call->product, &s, call->tile / parts);
    const size_t groups = (b.last - b.first + TOGETHER - 1) / TOGETHER;
    dsc_matmul_weight_columns(call, &s, b.first + groups * part / parts * TOGETHER,
                              dsc_smaller(b.first + groups * (part + 1) / parts * TOGETHER, b.last));
}

static const dsc_stage no_stages[] = {{0}};
static const dsc_stage forward_stages[] = {
    {DSC_STAGE_TILES, forward_block, forward_tiles, 0}, {DSC_STAGE_SAMPLES, forward_sum, NULL, 0}, {0}};
static const dsc_stage backward_stages[] = {{DSC_STAGE_TILES, backward_block, backward_tiles, 2 | 4}, {0}};

bool dsc_matmul_columns_serve(const dsc_needs *needs) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(needs->in);
    return needs->training && (needs->wants & 3) == 2 && s.rows == 1 && needs->batch <= 2 * s.n &&
           s.n * s.k >= WORTH_SHARING && block_at(needs->product, &s, 0).blocks > 1;
}

void dsc_matmul_columns_needs(dsc_needs *needs) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(needs->in);
    const block first = block_at(needs->product, &s, 0), end = block_at(needs->product, &s, first.blocks);
    const dsc_packer x = dsc_pack_matrix(NULL, (ptrdiff_t)s.k, 1);
    const dsc_gemm gemm = product_of(&first, &s, needs->batch, &x, needs); /* any pointer will do */
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, needs->product, &gemm, 1);
    needs->scratch = plan.workspace;
    needs->saved_shared = end.packed;
    needs->saved_per_sample = first.blocks * sums_of(&s) * sizeof(dsc_real);
    needs->columns = first.last;
    needs->column_tiles = tiles_a_block(&s, first.blocks);
    needs->prepare = no_stages;
    needs->forward = forward_stages;
    needs->backward = backward_stages;
}
