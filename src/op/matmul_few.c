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

bool dsc_matmul_few_serves(const dsc_kernels *kernels, const dsc_gemm_kernels *product) {
    return product == kernels->f32 && product->elements_per_word == 1 && !product->rounds;
}

size_t dsc_matmul_few_scratch(size_t depth) {
    return (depth + BEHIND) * (sizeof(uint32_t) + sizeof(dsc_real));
}

void dsc_matmul_few(dsc_real *y, const dsc_real *x, const void *packed, const dsc_real *bias, size_t depth,
                    size_t n, const dsc_kernels *kernels, const dsc_gemm_kernels *product, void *scratch) {
    dsc_real *values = scratch;
    uint32_t *where = (uint32_t *)(void *)(values + depth + BEHIND);
    const size_t panel = dsc_gemm_panel_bytes(product, depth) / sizeof(dsc_real);
    const size_t block = dsc_gemm_depth_block(product, depth);
    for (size_t first = 0; first < depth; first += block) {
        const size_t last = first + block < depth ? first + block : depth;
        const size_t count = find_inputs[kernels->isa](where, values, x, first, last, 0);
        add_inputs[kernels->isa](y, packed, panel, where, values, count, n, first > 0);
    }
    if (bias) kernels->vector->add(y, y, bias, n);
}
