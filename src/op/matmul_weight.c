/* SPDX-License-Identifier: MIT */
/* matmul_weight.c: the gradients of a dense layer's weight and bias: dw = dy^T x, in tiles over the whole
 * batch; one more tile computes db, the sum of dy. */
#include "base/thresholds.h"
#include "op/matmul_plan.h"

enum { TOGETHER = DSC_SPARSE_INPUTS }; /* columns of x */

static size_t parts_of(const dsc_matmul_plan *p) {
    const size_t parts = p->n * p->k / DSC_WEIGHT_TILE;
    return dsc_smaller(dsc_larger(parts, DSC_WEIGHT_TILES_LEAST), DSC_WEIGHT_TILES);
}

static dsc_gemm product_dw(const dsc_matmul_plan *p, size_t samples, const dsc_packer *dy,
                           const dsc_packer *x) {
    return (dsc_gemm){.rows = p->n,
                      .columns = p->k,
                      .depth = samples * p->rows,
                      .a = {.packer = dy},
                      .b = {.packer = x},
                      .c_row = (ptrdiff_t)p->k};
}

void dsc_matmul_plan_weight(dsc_needs *needs, dsc_matmul_plan *p) {
    const dsc_packer dy = dsc_pack_matrix(NULL, 1, (ptrdiff_t)p->n),
                     x = dsc_pack_matrix(NULL, 1, (ptrdiff_t)p->k);
    const dsc_gemm gemm = product_dw(p, needs->batch, &dy, &x);
    dsc_gemm_plan_make(&p->dw, needs->product, &gemm, parts_of(p));
    needs->scratch = dsc_larger(needs->scratch, p->dw.workspace);
    dsc_matmul_plan_product(&p->dw_block, &gemm, needs);
    p->dw_tiles = (p->looks_for_zeros ? parts_of(p) : p->dw.tiles) + 1;
    if (p->looks_for_zeros)
        needs->scratch =
            dsc_larger(needs->scratch, dsc_sparse_dw_scratch(needs->product, needs->batch * p->rows, p->n));
}

size_t dsc_matmul_weight_tiles(const void *plan) { return ((const dsc_matmul_plan *)plan)->dw_tiles; }

/* Skips zeros if that pays. Both ways give the same bits. */
void dsc_matmul_weight_columns(const dsc_call *call, size_t first, size_t last) {
    const dsc_matmul_plan *p = call->plan;
    const dsc_sparse_dw sparse = {.x = call->in[0],
                                  .dy = call->d_out[0],
                                  .samples = call->count * p->rows,
                                  .n = p->n,
                                  .k = p->k,
                                  .product = call->product};
    if (first >= last || !call->d_in[1]) return;
    if (p->looks_for_zeros && dsc_sparse_pays(sparse.x + first, p->k, sparse.samples, last - first)) {
        dsc_sparse_dw_run(call->d_in[1], &sparse, first, last, call->scratch);
        return;
    }
    const dsc_packer dy = dsc_pack_matrix(sparse.dy, 1, (ptrdiff_t)p->n),
                     x = dsc_pack_matrix(sparse.x + first, 1, (ptrdiff_t)p->k);
    dsc_gemm gemm = product_dw(p, call->count, &dy, &x);
    gemm.columns = last - first;
    gemm.c = call->d_in[1] + first;
    dsc_matmul_run(&p->dw_block, &gemm, call->scratch);
}

void dsc_matmul_bias(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    if (call->input_count == 3 && call->d_in[2])
        call->kernels->vector->sum_rows(call->d_in[2], call->d_out[0], (ptrdiff_t)p->n, call->count * p->rows,
                                        p->n, false);
}

void dsc_matmul_weight(const dsc_call *call) {
    const dsc_matmul_plan *p = call->plan;
    if (call->tile + 1 == call->tiles) {
        dsc_matmul_bias(call);
        return;
    }
    if (!call->d_in[1]) return;
    if (p->looks_for_zeros) {
        const size_t groups = (p->k + TOGETHER - 1) / TOGETHER, parts = call->tiles - 1;
        dsc_matmul_weight_columns(call, call->tile * groups / parts * TOGETHER,
                                  dsc_smaller((call->tile + 1) * groups / parts * TOGETHER, p->k));
        return;
    }
    const dsc_packer dy = dsc_pack_matrix(call->d_out[0], 1, (ptrdiff_t)p->n),
                     x = dsc_pack_matrix(call->in[0], 1, (ptrdiff_t)p->k);
    dsc_gemm gemm = product_dw(p, call->count, &dy, &x);
    gemm.c = call->d_in[1];
    dsc_gemm_run(&p->dw, &gemm, call->tile, call->tile + 1, call->scratch);
}
