/* SPDX-License-Identifier: MIT */
/* matmul_few.c: a row times a packed weight, zeros left out; see matmul_few.h. */
#include "op/matmul_few.h"

#include "kernel/gemm_pack.h"

#define DSC_MULTIVERSION "op/matmul_few_loops.h"
#include "kernel/multiversion.h"

static size_t (*const find_inputs[])(uint32_t *, dsc_real *, const dsc_real *, size_t, size_t,
                                     size_t) = DSC_ISA_TABLE(find_inputs);
static void (*const add_inputs[])(dsc_real *, const dsc_real *, size_t, const uint32_t *, const dsc_real *,
                                  size_t, size_t, bool) = DSC_ISA_TABLE(add_inputs);

enum { BEHIND = 16 }; /* whole vectors are written */

/* Reals; or pairs of bfloat16, which only AVX-512's kernels have. */
static bool in_reals(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return product == kernels->f32 && product->elements_per_word == 1 && !product->rounds;
}

bool dsc_matmul_few_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return in_reals(kernels, product) ||
           (product->elements_per_word == 2 && product->width == 16 && kernels->isa == DSC_ISA_AVX512);
}

size_t dsc_matmul_few_scratch(size_t depth) {
    return (depth + BEHIND) * (sizeof(uint32_t) + sizeof(dsc_real));
}

static void few_reals(dsc_real *y, const dsc_few *f, const dsc_real *packed, size_t panel, size_t columns,
                      void *scratch) {
    dsc_real *values = scratch;
    uint32_t *where = (uint32_t *)(void *)(values + f->depth + BEHIND);
    const size_t block = dsc_gemm_depth_block(f->product, f->depth);
    for (size_t first = 0; first < f->depth; first += block) {
        const size_t last = first + block < f->depth ? first + block : f->depth;
        const size_t count = find_inputs[f->kernels->isa](where, values, f->x, first, last, 0);
        add_inputs[f->kernels->isa](y, packed, panel, where, values, count, columns, first > 0);
    }
}

static void few_pairs(dsc_real *y, const dsc_few *f, const dsc_real *packed, size_t panel, size_t columns,
                      void *scratch) {
#if DSC_HAVE_X86
    uint32_t *pairs = scratch, *where = pairs + f->depth / 2 + BEHIND;
    const size_t count = (f->depth + 1) / 2;
    pairs[count - 1] = 0; /* the half behind an odd depth */
    f->product->round_row(pairs, f->x, f->depth);
    const size_t found = find_pairs_avx512(where, pairs, pairs, count);
    add_pairs_avx512(y, (const uint32_t *)(const void *)packed, panel, where, pairs, found, columns);
#else
    (void)y, (void)f, (void)packed, (void)panel, (void)columns, (void)scratch;
#endif
}

void dsc_matmul_few(dsc_real *y, const dsc_few *f, size_t first, size_t last, void *scratch) {
    const size_t panel = dsc_gemm_panel_bytes(f->product, f->depth) / sizeof(dsc_real);
    const dsc_real *packed = (const dsc_real *)f->packed + first / f->product->width * panel;
    const dsc_vector_kernels *vector = f->kernels->vector;
    (in_reals(f->kernels, f->product) ? few_reals : few_pairs)(y + first, f, packed, panel, last - first,
                                                               scratch);
    if (f->bias) vector->add(y + first, y + first, f->bias + first, last - first);
    if (f->relu) vector->relu(y + first, y + first, last - first);
}
