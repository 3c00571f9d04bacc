/* SPDX-License-Identifier: MIT */
/* matmul_sparse_loops.h: the loops of matmul_sparse.c, compiled for each instruction set. */

/* The numbers and values of the inputs in [first, last) that are not zero, into arrays with room for 16 more; returns how many. */
static size_t DSC_ISA(find_inputs)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                   size_t last) {
    size_t k = first, count = 0;
#if DSC_ISA_LEVEL == 2
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + 16 <= last; k += 16) {
        const __m512 v = _mm512_loadu_ps(x + k);
        const __mmask16 there = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        const size_t more = dsc_count_bits(there);
        _mm512_storeu_si512(where + count, _mm512_maskz_compress_epi32(
                                               there, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)k))));
        _mm512_storeu_ps(values + count, _mm512_maskz_compress_ps(there, v));
        count += more;
    }
#endif
    for (; k < last; k++) {
        where[count] = (uint32_t)k;
        values[count] = x[k];
        count += x[k] != 0;
    }
    return count;
}

/* Eight panels at most at a time. */
#define DSC_SPARSE_CASES(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)

#define DSC_SPARSE(name)          DSC_ISA(name)
#define DSC_SPARSE_DOT(sum, x, w) vec_fma(x, w, sum)
#include "op/matmul_sparse_template.h"

#if DSC_ISA_LEVEL == 2
/* Which words are not zero, of 16 inputs side by side: bit s % 64 of masks[s / 64][i]. */
static void DSC_ISA(find_groups)(uint64_t (*masks)[16], const dsc_real *words, size_t row, size_t count,
                                 size_t inputs) {
    const __mmask16 inside = (__mmask16)(inputs < 16 ? (1u << inputs) - 1u : 0xffffu);
    for (size_t c = 0; c * 64 < count; c++) {
        __attribute__((aligned(64))) uint16_t there[64] = {0};
        for (size_t s = c * 64; s < count && s < c * 64 + 64; s++) {
            const __m512i bits = _mm512_maskz_loadu_epi32(inside, words + s * row);
            /* twice the bits: the sign of a zero goes */
            there[s % 64] = (uint16_t)_mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x7fffffff));
        }
        const __m512i low = _mm512_load_si512(there), high = _mm512_load_si512(there + 32);
        for (int i = 0; i < 16; i++) {
            const __m512i bit = _mm512_set1_epi16((short)(1 << i));
            masks[c][i] = _mm512_test_epi16_mask(low, bit) | (uint64_t)_mm512_test_epi16_mask(high, bit)
                                                                 << 32;
        }
    }
}

/* For 16 inputs side by side: word s of input i is words[s * row + i]. y (16, vectors * 16) (+)= the sum of x[s][i] * row s of the
 * panels over the words that are not zero, which are bits of masks[s / 64][i]. */
DSC_INLINE void DSC_ISA(add_inputs)(dsc_real *y, size_t y_row, const dsc_real *panels, size_t panel,
                                    const dsc_real *words, size_t row, const uint64_t (*masks)[16],
                                    size_t chunks, size_t inputs, const int vectors, bool more) {
    for (size_t i = 0; i < inputs; i++, y += y_row) {
        vec sum[8];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) sum[v] = (vec){0};
        for (size_t c = 0; c < chunks; c++)
            for (uint64_t left = masks[c][i]; left; left &= left - 1) {
                const size_t s = c * 64 + (size_t)__builtin_ctzll(left);
                const vec x = vec_all(words[s * row + i]);
                const dsc_real *from = panels + s * 16;
#pragma GCC unroll 8
                for (int v = 0; v < vectors; v++)
                    sum[v] = vec_fma(x, vec_load(from + (size_t)v * panel), sum[v]);
            }
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            vec_store(y + v * 16, more ? sum[v] + vec_load(y + v * 16) : sum[v]);
    }
}

/* The same for any number of panels, `strip` (1 to 8) at a time. */
static void DSC_ISA(add_groups)(dsc_real *y, size_t panel_count, const dsc_real *packed, size_t panel,
                                const dsc_real *words, size_t row, const uint64_t (*masks)[16], size_t chunks,
                                size_t inputs, size_t strip, bool more) {
    for (size_t p = 0; p < panel_count; p += strip) {
        const size_t vectors = panel_count - p < strip ? panel_count - p : strip;
        switch (vectors) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_ISA(add_inputs)                                                                                  \
        (y + p * 16, panel_count * 16, packed + p * panel, panel, words, row, masks, chunks, inputs, v,      \
         more);                                                                                              \
        break;
            DSC_SPARSE_CASES(DSC_SPARSE_CASE)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
    }
}
#endif

#undef DSC_SPARSE_CASES
