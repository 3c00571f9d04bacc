/* SPDX-License-Identifier: MIT */
/* matmul_weight.c: the gradient of the weight and of the bias; see matmul_weight.h. */
#include "op/matmul_weight.h"

enum { TOGETHER = 16 /* columns */ };

/* Enough tiles for the threads of a large machine to share, few enough to be worth packing their operands for. */
static size_t parts_of(const dsc_matmul_sizes *s) {
    const size_t parts = s->n * s->k / 30000;
    return parts < 4 ? 4 : parts > 16 ? 16 : parts;
}

static dsc_gemm product_dw(const dsc_matmul_sizes *s, size_t samples, const dsc_packer *dy,
                           const dsc_packer *x) {
    return (dsc_gemm){.rows = s->n,
                      .columns = s->k,
                      .depth = samples * s->rows,
                      .a = {.packer = dy},
                      .b = {.packer = x},
                      .c_row = (ptrdiff_t)s->k};
}

size_t dsc_matmul_weight_scratch(const dsc_needs *needs) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(needs->in);
    const dsc_packer dy = dsc_pack_matrix(NULL, 1, (ptrdiff_t)s.n),
                     x = dsc_pack_matrix(NULL, 1, (ptrdiff_t)s.k);
    const dsc_gemm gemm = product_dw(&s, needs->batch, &dy, &x);
    dsc_gemm_plan whole, columns;
    dsc_gemm_plan_make(&whole, needs->product, &gemm, parts_of(&s));
    dsc_gemm_plan_make(&columns, needs->product, &gemm, 1); /* some columns, by themselves */
    size_t scratch = dsc_larger(whole.workspace, columns.workspace);
    if (dsc_matmul_looks_for_zeros(needs->kernels, needs->product, needs->wants, &s))
        scratch = dsc_larger(scratch, dsc_sparse_dw_scratch(needs->product, needs->batch * s.rows, s.n));
    return scratch;
}

/* With zeros left out if that pays. Both ways give the same bits. */
void dsc_matmul_weight_columns(const dsc_call *call, const dsc_matmul_sizes *s, size_t first, size_t last) {
    const dsc_sparse_dw sparse = {.x = call->in[0],
                                  .dy = call->d_out[0],
                                  .samples = call->count * s->rows,
                                  .n = s->n,
                                  .k = s->k,
                                  .kernels = call->kernels,
                                  .product = call->product};
    if (first >= last || !call->d_in[1]) return;
    if (dsc_matmul_looks_for_zeros(call->kernels, call->product, call->wants, s) &&
        dsc_sparse_pays(sparse.x + first, s->k, sparse.samples, last - first)) {
        dsc_sparse_dw_run(call->d_in[1], &sparse, first, last, call->scratch);
        return;
    }
    const dsc_packer dy = dsc_pack_matrix(sparse.dy, 1, (ptrdiff_t)s->n),
                     x = dsc_pack_matrix(sparse.x + first, 1, (ptrdiff_t)s->k);
    dsc_gemm gemm = product_dw(s, call->count, &dy, &x);
    gemm.columns = last - first;
    gemm.c = call->d_in[1] + first;
    dsc_matmul_run(call, &gemm);
}

void dsc_matmul_bias(const dsc_call *call, const dsc_matmul_sizes *s) {
    if (call->input_count == 3 && call->d_in[2])
        call->kernels->vector->sum_rows(call->d_in[2], call->d_out[0], (ptrdiff_t)s->n, call->count * s->rows,
                                        s->n, false);
}

static void plan_dw(const dsc_call *call, const dsc_matmul_sizes *s, dsc_packer packers[2], dsc_gemm *gemm,
                    dsc_gemm_plan *plan) {
    packers[0] = dsc_pack_matrix(call->d_out[0], 1, (ptrdiff_t)s->n);
    packers[1] = dsc_pack_matrix(call->in[0], 1, (ptrdiff_t)s->k);
    *gemm = product_dw(s, call->count, &packers[0], &packers[1]);
    gemm->c = call->d_in[1];
    dsc_gemm_plan_make(plan, call->product, gemm, parts_of(s));
}

size_t dsc_matmul_weight_tiles(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    if (dsc_matmul_looks_for_zeros(call->kernels, call->product, call->wants, &s)) return parts_of(&s) + 1;
    dsc_packer packers[2];
    dsc_gemm gemm;
    dsc_gemm_plan plan;
    plan_dw(call, &s, packers, &gemm, &plan);
    return plan.tiles + 1;
}

void dsc_matmul_weight(const dsc_call *call) {
    const dsc_matmul_sizes s = dsc_matmul_sizes_of(call->in_shape);
    if (call->tile + 1 == call->tiles) {
        dsc_matmul_bias(call, &s);
        return;
    }
    if (!call->d_in[1]) return;
    if (dsc_matmul_looks_for_zeros(call->kernels, call->product, call->wants, &s)) {
        const size_t groups = (s.k + TOGETHER - 1) / TOGETHER, parts = call->tiles - 1;
        dsc_matmul_weight_columns(call, &s, call->tile * groups / parts * TOGETHER,
                                  dsc_smaller((call->tile + 1) * groups / parts * TOGETHER, s.k));
        return;
    }
    dsc_packer packers[2];
    dsc_gemm gemm;
    dsc_gemm_plan plan;
    plan_dw(call, &s, packers, &gemm, &plan);
    dsc_gemm_run(&plan, &gemm, call->tile, call->tile + 1, call->scratch);
}
