/* SPDX-License-Identifier: MIT */
/* matmul_sparse_bf16.c: the loops of matmul_sparse.c for pairs of bfloat16, with the instruction that the products on AVX-512 use. */
#include "op/matmul_sparse_bf16.h"

#include "op/matmul_sparse_bits.h"

#if DSC_HAVE_X86
#define DSC_ISA_MORE ",avx512bf16"
#include "kernel/isa_avx512.h"
#if !defined(__clang__)
#pragma GCC target("avx512bf16")
#endif

size_t dsc_find_pairs(uint32_t *where, dsc_real *values, const dsc_real *pairs, size_t first, size_t last) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0;
    for (size_t k = first; k < last; k += 16) {
        const __mmask16 inside = (__mmask16)(last - k < 16 ? (1u << (last - k)) - 1u : 0xffffu);
        const __m512i v = _mm512_maskz_loadu_epi32(inside, pairs + k);
        const __mmask16 there = _mm512_test_epi32_mask(v, _mm512_set1_epi32(0x7fff7fff)); /* -0 is zero */
        const size_t more = dsc_count_bits(there);
        _mm512_storeu_si512(where + found, _mm512_maskz_compress_epi32(
                                               there, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)k))));
        _mm512_storeu_si512(values + found, _mm512_maskz_compress_epi32(there, v));
        found += more;
    }
    return found;
}

#define DSC_SPARSE_CASES(CASE)    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#define DSC_SPARSE(name)          name##_pairs
#define DSC_SPARSE_DOT(sum, x, w) ((vec)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(x), (__m512bh)(w)))
#include "op/matmul_sparse_template.h"

void dsc_add_pairs(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                   const dsc_real *values, size_t count, size_t n, bool more) {
    add_words_pairs(y, packed, panel, where, values, count, n, more);
}

#include "kernel/isa_end.h"
#endif
