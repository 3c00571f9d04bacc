/* SPDX-License-Identifier: MIT */
/* sparse_batch.c: products of a batch that skip zeros; see sparse.h.
 *
 * Masks mark the nonzero elements, 64 steps of depth at a time. That much of a packed operand fits the
 * first-level cache and serves all vectors of the other operand before the next 64 steps begin. */
#include "kernel/sparse.h"

#include "base/memory.h"
#include "kernel/gemm_pack.h"
#include "kernel/vectors.h"

#include <assert.h>
#include <string.h>

enum { CHUNKS_MOST = 16 /* in the largest block of depth */ };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }
static size_t panels_of(const dsc_gemm_kernels *product, size_t n) {
    return (n + product->width - 1) / product->width;
}

/* ---- Rows of y ---- */

void dsc_sparse_rows_sum(dsc_real *sums, size_t sums_row, const dsc_sparse_rows *r, size_t first,
                         size_t last) {
    const size_t panel = dsc_gemm_panel_bytes(r->product, r->depth) / sizeof(dsc_real);
    for (size_t at = first; at < last; at += DSC_SPARSE_CHUNK)
        r->product->sparse->add_rows(sums, sums_row, panels_of(r->product, r->n), r->x + at, r->x_row,
                                     r->rows, smaller(DSC_SPARSE_CHUNK, last - at),
                                     (const dsc_real *)r->packed + at * r->product->width, panel, at > first);
}

size_t dsc_sparse_rows_scratch(size_t rows, size_t n) { return rows * round_up(n, 16) * sizeof(dsc_real); }

void dsc_sparse_rows_run(dsc_real *y, const dsc_sparse_rows *r, void *scratch) {
    const size_t block = dsc_gemm_depth_block(r->product, r->depth), apart = round_up(r->n, 16);
    const dsc_vector_kernels *vector = r->product->vector;
    dsc_real *sums = scratch;
    for (size_t at = 0; at < r->depth; at += block) {
        const bool last = at + block >= r->depth;
        dsc_sparse_rows_sum(sums, apart, r, at, smaller(at + block, r->depth));
        for (size_t i = 0; i < r->rows; i++) {
            dsc_real *to = y + i * r->n;
            if (at > 0)
                vector->add(to, to, sums + i * apart, r->n);
            else
                memcpy(to, sums + i * apart, r->n * sizeof *to);
            if (last && r->bias) vector->add(to, to, r->bias, r->n);
            if (last && r->relu) vector->relu(to, to, r->n);
        }
    }
}

/* ---- Columns of dw ----
 *
 * dy is packed like a weight. Masks mark the nonzero samples of sixteen adjacent columns of x; then each
 * strip of dy, small enough for the first-level cache, serves all sixteen. The results are adjacent columns
 * of dw, which are transposed when they are written. */

/* Scratch: dy in panels, then sums (DSC_SPARSE_INPUTS, n rounded up to whole panels). */
static size_t packed_dy(const dsc_gemm_kernels *product, size_t samples, size_t n) {
    return round_up(dsc_pack_size(product, DSC_SIDE_B, n, samples), DSC_ALIGNMENT);
}

size_t dsc_sparse_dw_scratch(const dsc_gemm_kernels *product, size_t samples, size_t n) {
    return packed_dy(product, samples, n) + DSC_SPARSE_INPUTS * round_up(n, 16) * sizeof(dsc_real);
}

/* Computes up to DSC_SPARSE_INPUTS columns of dw, from column k. */
static void some_inputs(dsc_real *dw, const dsc_sparse_dw *s, const dsc_real *dy, dsc_real *sums, size_t k,
                        size_t inputs) {
    const size_t panels = panels_of(s->product, s->n), sums_row = round_up(s->n, 16);
    const size_t panel = dsc_gemm_panel_bytes(s->product, s->samples) / sizeof(dsc_real);
    const size_t block = dsc_gemm_depth_block(s->product, s->samples);
    const size_t panel_bytes = smaller(block, s->samples) * s->product->width * sizeof(dsc_real);
    const size_t strip = smaller(DSC_SPARSE_CACHE / (panel_bytes ? panel_bytes : 1) + 1, DSC_SPARSE_PANELS);
    for (size_t at = 0; at < s->samples; at += block) {
        uint64_t masks[CHUNKS_MOST][DSC_SPARSE_INPUTS];
        const size_t count = smaller(block, s->samples - at),
                     chunks = (count + DSC_SPARSE_CHUNK - 1) / DSC_SPARSE_CHUNK;
        const dsc_real *x = s->x + at * s->k + k;
        assert(chunks <= CHUNKS_MOST);
        s->product->sparse->find_columns(masks, x, s->k, count, inputs);
        s->product->sparse->add_columns(sums, sums_row, panels, x, s->k, inputs,
                                        (const uint64_t(*)[DSC_SPARSE_INPUTS])masks, chunks,
                                        dy + at * s->product->width, panel, strip, at > 0);
    }
    s->product->vector->transpose(dw + k, (ptrdiff_t)s->k, sums, (ptrdiff_t)sums_row, inputs, s->n);
}

void dsc_sparse_dw_run(dsc_real *dw, const dsc_sparse_dw *s, size_t first, size_t last, void *scratch) {
    dsc_real *packed = scratch,
             *sums = (dsc_real *)(void *)((char *)scratch + packed_dy(s->product, s->samples, s->n));
    const dsc_packer dy = dsc_pack_matrix(s->dy, 1, (ptrdiff_t)s->n);
    dsc_pack(packed, s->product, DSC_SIDE_B, &dy, s->n, s->samples, 0,
             dsc_pack_panels(s->product, DSC_SIDE_B, s->n));
    for (size_t k = first; k < last; k += DSC_SPARSE_INPUTS)
        some_inputs(dw, s, packed, sums, k, smaller(DSC_SPARSE_INPUTS, last - k));
}
