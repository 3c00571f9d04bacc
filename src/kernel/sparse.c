/* SPDX-License-Identifier: MIT */
/* sparse.c: products that skip zeros; see sparse.h. */
#include "kernel/sparse.h"

#include "kernel/gemm_pack.h"

#include "kernel/vectors.h"

#include <string.h>

enum { BEHIND = 16 }; /* room for the last whole vector written */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

bool dsc_sparse_serves(const dsc_gemm_kernels *product) { return product->sparse; }
bool dsc_sparse_batch_serves(const dsc_gemm_kernels *product) {
    return product->sparse && product->sparse->add_rows;
}

/* Samples DSC_SPARSE_ROWS_LOOKED rows. */
bool dsc_sparse_pays(const dsc_real *x, size_t row, size_t rows, size_t columns) {
    const size_t some = smaller(rows, DSC_SPARSE_ROWS_LOOKED), apart = rows / (some ? some : 1);
    size_t count = 0;
    for (size_t i = 0; i < some; i++)
        for (size_t k = 0; k < columns; k++) count += x[i * apart * row + k] != 0;
    return count <= some * columns / 2;
}

/* Finds the nonzero words of a vector, block of depth by block, with room to store them. */
typedef struct finder {
    const dsc_gemm_kernels *product;
    size_t depth, block; /* in words */
    dsc_real *words;     /* pairs of bfloat16, room for one vector */
} finder;

static size_t words_of(const dsc_gemm_kernels *product, size_t depth) {
    return (depth + product->elements_per_word - 1) / product->elements_per_word;
}

static finder finder_make(const dsc_gemm_kernels *product, size_t depth, dsc_real *words) {
    return (finder){.product = product,
                    .depth = words_of(product, depth),
                    .block = words_of(product, dsc_gemm_depth_block(product, depth)),
                    .words = words};
}

/* The words of a vector of reals: unchanged, or rounded and paired. */
static const dsc_real *finder_words(const finder *f, const dsc_real *x, size_t depth) {
    if (f->product->elements_per_word == 1) return x;
    memset(f->words + f->depth - 1, 0, sizeof *f->words); /* clears the unused half after an odd depth */
    f->product->round_row(f->words, x, depth);
    return f->words;
}

/* ---- A row of y ---- */

size_t dsc_sparse_row_scratch(size_t depth) {
    return (depth + BEHIND) * (sizeof(uint32_t) + 2 * sizeof(dsc_real));
}

void dsc_sparse_row_run(dsc_real *y, const dsc_sparse_rows *r, size_t first, size_t last, void *scratch) {
    const dsc_sparse_kernels *sparse = r->product->sparse;
    const size_t panel = dsc_gemm_panel_bytes(r->product, r->depth) / sizeof(dsc_real);
    const dsc_real *packed = (const dsc_real *)r->packed + first / r->product->width * panel;
    dsc_real *values = scratch, *words = values + r->depth + BEHIND;
    uint32_t *where = (uint32_t *)(void *)(words + r->depth + BEHIND);
    const finder f = finder_make(r->product, r->depth, words);
    const dsc_real *x = finder_words(&f, r->x, r->depth);
    for (size_t at = 0; at < f.depth; at += f.block) {
        const size_t count = sparse->find_words(where, values, x, at, smaller(at + f.block, f.depth));
        sparse->add_words(y + first, packed, panel, where, values, count, last - first, at > 0);
    }
    const dsc_vector_kernels *vector = r->product->vector;
    if (r->bias) vector->add(y + first, y + first, r->bias + first, last - first);
    if (r->relu) vector->relu(y + first, y + first, last - first);
}
