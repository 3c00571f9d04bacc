/* SPDX-License-Identifier: MIT */
/* matmul_sparse.c: products that leave zeros out; see matmul_sparse.h. */
#include "op/matmul_sparse.h"

#include "kernel/gemm_pack.h"

#include "op/matmul_sparse_bf16.h"
#include "op/matmul_sparse_bits.h"

#define DSC_MULTIVERSION "op/matmul_sparse_loops.h"
#include "kernel/multiversion.h"

static size_t (*const find_inputs[])(uint32_t *, dsc_real *, const dsc_real *, size_t,
                                     size_t) = DSC_ISA_TABLE(find_inputs);
static void (*const add_words[])(dsc_real *, const dsc_real *, size_t, const uint32_t *, const dsc_real *,
                                 size_t, size_t, bool) = DSC_ISA_TABLE(add_words);

enum { BEHIND = 16 }; /* whole vectors are written */

/* Reals; or pairs of bfloat16, which only AVX-512's kernels have. */
static bool in_reals(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return product == kernels->f32 && product->elements_per_word == 1 && !product->rounds;
}

bool dsc_sparse_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return in_reals(kernels, product) || (product->in_order && product->elements_per_word == 2 &&
                                          product->width == 16 && kernels->isa == DSC_ISA_AVX512);
}

bool dsc_sparse_batch_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return in_reals(kernels, product);
}

/* A few rows tell. */
bool dsc_sparse_pays(const dsc_real *x, size_t row, size_t rows, size_t columns) {
    const size_t some = dsc_smaller(rows, 3), apart = rows / (some ? some : 1);
    size_t count = 0;
    for (size_t i = 0; i < some; i++)
        for (size_t k = 0; k < columns; k++) count += x[i * apart * row + k] != 0;
    return count <= some * columns / 2;
}

/* A vector's words that are not zero, block of depth by block, and room for them. */
typedef struct finder {
    const dsc_kernels *kernels;
    const dsc_gemm_kernels *product;
    bool reals;
    size_t depth, block; /* in words */
    dsc_real *words;     /* pairs of bfloat16, room for one vector */
} finder;

static size_t words_of(const dsc_gemm_kernels *product, size_t depth) {
    return (depth + product->elements_per_word - 1) / product->elements_per_word;
}

static finder finder_make(const dsc_kernels *kernels, const dsc_gemm_kernels *product, size_t depth,
                          dsc_real *words) {
    return (finder){.kernels = kernels,
                    .product = product,
                    .reals = in_reals(kernels, product),
                    .depth = words_of(product, depth),
                    .block = words_of(product, dsc_gemm_depth_block(product, depth)),
                    .words = words};
}

/* The words of a vector of reals; as it is, or rounded and paired. */
static const dsc_real *finder_words(const finder *f, const dsc_real *x, size_t depth) {
    if (f->reals) return x;
    memset(f->words + f->depth - 1, 0, sizeof *f->words); /* the half behind an odd depth */
    f->product->round_row(f->words, x, depth);
    return f->words;
}

static size_t find(const finder *f, uint32_t *where, dsc_real *values, const dsc_real *words, size_t first) {
    const size_t last = dsc_smaller(first + f->block, f->depth);
#if DSC_HAVE_X86
    if (!f->reals) return dsc_find_pairs(where, values, words, first, last);
#endif
    return find_inputs[f->kernels->isa](where, values, words, first, last);
}

/* y (columns) (+)= the values times those rows of the panels. */
static void add(const finder *f, dsc_real *y, const dsc_real *panels, size_t panel, const uint32_t *where,
                const dsc_real *values, size_t count, size_t columns, bool more) {
#if DSC_HAVE_X86
    if (!f->reals) {
        dsc_add_pairs(y, panels, panel, where, values, count, columns, more);
        return;
    }
#endif
    add_words[f->kernels->isa](y, panels, panel, where, values, count, columns, more);
}

/* ---- A row of y ---- */

size_t dsc_sparse_row_scratch(size_t depth) {
    return (depth + BEHIND) * (sizeof(uint32_t) + 2 * sizeof(dsc_real));
}

void dsc_sparse_row_run(dsc_real *y, const dsc_sparse_rows *r, size_t first, size_t last, void *scratch) {
    const size_t panel = dsc_gemm_panel_bytes(r->product, r->depth) / sizeof(dsc_real);
    const dsc_real *packed = (const dsc_real *)r->packed + first / r->product->width * panel;
    dsc_real *values = scratch, *words = values + r->depth + BEHIND;
    uint32_t *where = (uint32_t *)(void *)(words + r->depth + BEHIND);
    const finder f = finder_make(r->kernels, r->product, r->depth, words);
    const dsc_real *x = finder_words(&f, r->x, r->depth);
    for (size_t at = 0; at < f.depth; at += f.block) {
        const size_t count = find(&f, where, values, x, at);
        add(&f, y + first, packed, panel, where, values, count, last - first, at > 0);
    }
    const dsc_vector_kernels *vector = r->kernels->vector;
    if (r->bias) vector->add(y + first, y + first, r->bias + first, last - first);
    if (r->relu) vector->relu(y + first, y + first, last - first);
}
