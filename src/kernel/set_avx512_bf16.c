/* SPDX-License-Identifier: MIT */
/* set_avx512_bf16.c: products in bfloat16 with AVX-512's VDPBF16PS, which multiplies pairs and adds both
 * products to a float. The micro-kernel is the one for floats; a word is a pair.
 *
 * The instruction treats denormal inputs and outputs as zero and has its own order within a pair, so the last
 * bits differ from other sets. Compared with sums in double, the error of an element is at most (K + 4) 2^-24
 * times the sum of the magnitudes of its terms. */
#include "kernel/sets.h"

#if DSC_ON_X86
#include <cpuid.h>

#define DSC_ISA_MORE ",avx512bf16"
#include "kernel/isa_avx512.h"
#if !defined(__clang__)
#pragma GCC target("avx512bf16")
#endif
#include "kernel/isa_avx512_mask.h"

DSC_INLINE vec dot_pairs(vec sum, vec a, vec b) {
    return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

#define DSC_TILE_NAME           tile_bf16
#define DSC_TILE_DOT(sum, a, b) dot_pairs(sum, a, b)
#define DSC_TILE_ROWS           14
#define DSC_TILE_ROWS_4         6
#define DSC_TILE_ROWS_8         3
#include "kernel/gemm_template.h"

void dsc_round_row_avx512_bf16(void *words, const dsc_real *reals, size_t count) {
    uint16_t *out = words;
    for (; count >= 16; count -= 16, reals += 16, out += 16)
        _mm256_storeu_si256((__m256i *)(void *)out, (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(reals)));
    if (count) {
        const __mmask16 mask = (__mmask16)((1u << count) - 1u);
        _mm256_mask_storeu_epi16(out, mask, (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, reals)));
    }
}

/* Makes sixteen words from the upper halves of as many pairs. Masked accesses cost more and are used only for
 * fewer pairs. */
DSC_INLINE __m512i zipped(__m512 low, __m512 high) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23,
                                           7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}
DSC_INLINE void round_16(dsc_real *words, const dsc_real *low, const dsc_real *high) {
    _mm512_storeu_si512(words, zipped(_mm512_loadu_ps(low), _mm512_loadu_ps(high)));
}
DSC_INLINE void round_some(dsc_real *words, const dsc_real *low, const dsc_real *high, size_t count) {
    const __mmask16 mask = (__mmask16)((1u << count) - 1u);
    _mm512_mask_storeu_epi32(words, mask,
                             zipped(_mm512_maskz_loadu_ps(mask, low), _mm512_maskz_loadu_ps(mask, high)));
}

void dsc_round_pairs_avx512_bf16(void *words, const dsc_real *low, const dsc_real *high, size_t count) {
    dsc_real *out = words;
    for (; count >= 16; count -= 16, low += 16, high += 16, out += 16) round_16(out, low, high);
    if (count) round_some(out, low, high, count);
}

void dsc_round_panels_avx512_bf16(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                                  ptrdiff_t in_row, size_t pairs, size_t columns) {
    dsc_real *out = words;
    for (; columns >= 16; columns -= 16, in += 16, out += panel)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)pairs; i++) {
            const dsc_real *from = in + 2 * i * in_row;
            __builtin_prefetch((const char *)from + 8 * in_row * (ptrdiff_t)sizeof *in);
            __builtin_prefetch((const char *)from + 9 * in_row * (ptrdiff_t)sizeof *in);
            round_16(out + i * out_row, from, from + in_row);
        }
    for (ptrdiff_t i = 0; columns > 0 && i < (ptrdiff_t)pairs; i++)
        round_some(out + i * out_row, in + 2 * i * in_row, in + (2 * i + 1) * in_row, columns);
}

/* ---- Rows that skip zeros ---- */

static size_t find_pairs(uint32_t *where, dsc_real *values, const dsc_real *pairs, size_t first,
                         size_t last) {
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

#define DSC_SPARSE(name)          name##_pairs
#define DSC_SPARSE_DOT(sum, x, w) dot_pairs(sum, x, w)
#include "kernel/sparse_words_template.h"

static const dsc_sparse_kernels sparse_pairs = {.find_words = find_pairs, .add_words = add_words_pairs};

/* ---- Convolutions of 3 x 3 in tiles ---- */

DSC_INLINE vec load_halves(const uint16_t *from) {
    return (vec)_mm512_slli_epi32(
        _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)from)), 16);
}
DSC_INLINE vec load_first_halves(const uint16_t *from, vec_mask mask) {
    return (vec)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from)), 16);
}
DSC_INLINE void store_halves(uint16_t *to, vec x) {
    _mm256_storeu_si256((__m256i *)(void *)to, (__m256i)_mm512_cvtneps_pbh((__m512)x));
}
DSC_INLINE void store_first_halves(uint16_t *to, vec x, vec_mask mask) {
    _mm256_mask_storeu_epi16(to, mask, (__m256i)_mm512_cvtneps_pbh((__m512)x));
}

#define DSC_TILES(name)       name##_bf16_avx512
#define DSC_TILES_ELEMENT     uint16_t
#define DSC_TILES_LOAD        load_halves
#define DSC_TILES_LOAD_FIRST  load_first_halves
#define DSC_TILES_STORE       store_halves
#define DSC_TILES_STORE_FIRST store_first_halves
#include "kernel/tiles_template.h"

const dsc_gemm_kernels dsc_gemm_bf16_avx512 = {
    .name = "avx512-bf16 bf16",
    .width = 16,
    .rows = 14,
    .row_multiple = 1,
    .elements_per_word = 2,
    .depth_multiple = 2,
    .depth_block = 640,
    .rounds = true,
    .vectors = tile_bf16_vectors_avx512,
    .tile = tile_bf16_avx512,
    .round_row = dsc_round_row_avx512_bf16,
    .round_pairs = dsc_round_pairs_avx512_bf16,
    .round_panels = dsc_round_panels_avx512_bf16,
    .vector = &dsc_vectors_avx512,
    .sparse = &sparse_pairs,
    .tiles = &dsc_tiles_bf16_avx512,
};

bool dsc_has_avx512_bf16(void) {
    unsigned a, b, c, d;
    return DSC_HAS_AVX512 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && a >> 5 & 1;
}

const dsc_kernels dsc_set_avx512_bf16 = {.name = "avx512-bf16",
                                         .help = "AVX-512 with its bf16 dot product",
                                         .isa = DSC_ISA_NUMBER,
                                         .vector = &dsc_vectors_avx512,
                                         .f32 = &dsc_gemm_f32_avx512,
                                         .bf16 = &dsc_gemm_bf16_avx512};

#include "kernel/isa_end.h"
#endif
