/* SPDX-License-Identifier: MIT */
/* isa_avx512_loops.h: AVX-512 loops that replace slower ones of the templates; included by set_template.h. */

#include "kernel/isa_avx512_mask.h"

/* ---- loops_template.h ---- */

#define DSC_OWN_ZIP_HALVES
/* Zips one cache line of each row: two panels. */
DSC_INLINE void DSC_ISA(zip_32)(dsc_real *out, ptrdiff_t panel, ptrdiff_t out_row, const uint16_t *in,
                                ptrdiff_t in_row, size_t pairs) {
    const __m512i low = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7,
                                         38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
    for (size_t i = 0; i < pairs; i++, in += 2 * in_row, out += out_row) {
        const __m512i even = _mm512_loadu_si512(in), odd = _mm512_loadu_si512(in + in_row);
        __builtin_prefetch((const char *)in + 8 * in_row * (ptrdiff_t)sizeof *in);
        __builtin_prefetch((const char *)in + 9 * in_row * (ptrdiff_t)sizeof *in);
        _mm512_storeu_si512(out, _mm512_permutex2var_epi16(even, low, odd));
        _mm512_storeu_si512(out + panel, _mm512_permutex2var_epi16(even, high, odd));
    }
}
/* Zips the last, partial panel. */
DSC_INLINE void DSC_ISA(zip_some)(dsc_real *out, ptrdiff_t out_row, const uint16_t *in, ptrdiff_t in_row,
                                  size_t pairs, size_t columns) {
    const __mmask16 there = (__mmask16)((1u << columns) - 1u);
    for (size_t i = 0; i < pairs; i++, in += 2 * in_row, out += out_row) {
        const __m512i even = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, in)),
                      odd = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, in + in_row));
        _mm512_mask_storeu_epi32(out, there, _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
    }
}
static void DSC_ISA(zip_halves)(void *out, ptrdiff_t panel, ptrdiff_t out_row, const uint16_t *in,
                                ptrdiff_t in_row, size_t pairs, size_t columns) {
    dsc_real *to = out;
    for (; columns >= 32; columns -= 32, in += 32, to += 2 * panel)
        DSC_ISA(zip_32)(to, panel, out_row, in, in_row, pairs);
    for (; columns > 0; in += 16, to += panel) {
        const size_t some = columns < 16 ? columns : 16;
        DSC_ISA(zip_some)(to, out_row, in, in_row, pairs, some);
        columns -= some;
    }
}

#define DSC_OWN_TRANSPOSE
/* Loads four columns of rows 0, 4, 8 and 12 from `in`; some_rows skips missing rows and columns. Each
 * 128-bit lane then transposes a 4 x 4 block. */
DSC_INLINE __m512 DSC_ISA(four_rows)(const dsc_real *in, ptrdiff_t stride) {
    __m512 x = _mm512_castps128_ps512(_mm_loadu_ps(in));
    x = _mm512_insertf32x4(x, _mm_loadu_ps(in + 4 * stride), 1);
    x = _mm512_insertf32x4(x, _mm_loadu_ps(in + 8 * stride), 2);
    return _mm512_insertf32x4(x, _mm_loadu_ps(in + 12 * stride), 3);
}
DSC_INLINE __m512 DSC_ISA(some_rows)(const dsc_real *in, ptrdiff_t stride, size_t rows, __mmask8 columns) {
    __m512 x = _mm512_setzero_ps();
    if (rows > 0) x = _mm512_castps128_ps512(_mm_maskz_loadu_ps(columns, in));
    if (rows > 4) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 4 * stride), 1);
    if (rows > 8) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 8 * stride), 2);
    if (rows > 12) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 12 * stride), 3);
    return x;
}
/* Transposes within the lanes: the four columns become vectors of rows. */
DSC_INLINE void DSC_ISA(turn_lanes)(__m512 out[4], __m512 a, __m512 b, __m512 c, __m512 d) {
    const __m512d ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b)),
                  cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
    const __m512d ef = _mm512_castps_pd(_mm512_unpackhi_ps(a, b)),
                  gh = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    out[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
    out[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
    out[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(ef, gh));
    out[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(ef, gh));
}
/* Transposes up to 16 rows by four columns. */
static void DSC_ISA(transpose_edge)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t stride,
                                    size_t rows, size_t columns) {
    const __mmask8 some = (__mmask8)((1u << columns) - 1u);
    __m512 x[4], turned[4];
    for (size_t r = 0; r < 4; r++)
        x[r] = DSC_ISA(some_rows)(in + (ptrdiff_t)r * stride, stride, rows > r ? rows - r : 0, some);
    DSC_ISA(turn_lanes)(turned, x[0], x[1], x[2], x[3]);
    for (size_t j = 0; j < columns; j++)
        _mm512_mask_storeu_ps(out + (ptrdiff_t)j * out_stride, (__mmask16)((1u << rows) - 1u), turned[j]);
}
static void DSC_ISA(transpose)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t stride,
                               size_t rows, size_t columns) {
    for (; rows >= 16; rows -= 16, in += 16 * stride, out += 16) {
        const dsc_real *from = in;
        dsc_real *to = out;
        size_t left = columns;
        for (; left >= 4; left -= 4, from += 4, to += 4 * out_stride) {
            __m512 turned[4];
            DSC_ISA(turn_lanes)
            (turned, DSC_ISA(four_rows)(from, stride), DSC_ISA(four_rows)(from + stride, stride),
             DSC_ISA(four_rows)(from + 2 * stride, stride), DSC_ISA(four_rows)(from + 3 * stride, stride));
            _mm512_storeu_ps(to, turned[0]);
            _mm512_storeu_ps(to + out_stride, turned[1]);
            _mm512_storeu_ps(to + 2 * out_stride, turned[2]);
            _mm512_storeu_ps(to + 3 * out_stride, turned[3]);
        }
        if (left > 0) DSC_ISA(transpose_edge)(to, out_stride, from, stride, 16, left);
    }
    for (size_t j = 0; rows > 0 && j < columns; j += 4) DSC_ISA(transpose_edge)
    (out + (ptrdiff_t)j * out_stride, out_stride, in + j, stride, rows, columns - j < 4 ? columns - j : 4);
}

/* ---- pool_template.h: windows of 2 x 2 ---- */

#define DSC_OWN_POOL_2X2
/* Splits 2 n values from `from`, n <= 16, into even and odd ones. */
DSC_INLINE void DSC_ISA(take_apart)(__m512 *even, __m512 *odd, const dsc_real *from, size_t n) {
    const __m512i e = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i o = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    const uint32_t mask = n < 16 ? (1u << 2 * n) - 1u : ~0u;
    const __m512 a = _mm512_maskz_loadu_ps((__mmask16)mask, from);
    const __m512 b = n > 8 ? _mm512_maskz_loadu_ps((__mmask16)(mask >> 16), from + 16) : a;
    *even = _mm512_permutex2var_ps(a, e, b);
    *odd = _mm512_permutex2var_ps(a, o, b);
}
DSC_INLINE void DSC_ISA(put_together)(dsc_real *to, __m512 even, __m512 odd, size_t n) {
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const uint32_t mask = n < 16 ? (1u << 2 * n) - 1u : ~0u;
    _mm512_mask_storeu_ps(to, (__mmask16)mask, _mm512_permutex2var_ps(even, low, odd));
    if (n > 8)
        _mm512_mask_storeu_ps(to + 16, (__mmask16)(mask >> 16), _mm512_permutex2var_ps(even, high, odd));
}
DSC_INLINE void DSC_ISA(take_larger_512)(__m512 *most, __m512i *at, __m512 x, int place) {
    const __mmask16 larger =
        (__mmask16)(_mm512_cmp_ps_mask(x, *most, _CMP_GT_OQ) | _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q));
    *most = _mm512_mask_mov_ps(*most, larger, x);
    *at = _mm512_mask_mov_epi32(*at, larger, _mm512_set1_epi32(place));
}

static void DSC_ISA(pool_2x2)(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x,
                              size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, x += 2 * width)
        for (size_t j = 0; j < columns; j += 16) {
            const size_t n = columns - j < 16 ? columns - j : 16;
            const __mmask16 mask = (__mmask16)((1u << n) - 1u);
            __m512 most, b, c, d;
            __m512i at = _mm512_setzero_si512();
            DSC_ISA(take_apart)(&most, &b, x + 2 * j, n);
            DSC_ISA(take_apart)(&c, &d, x + width + 2 * j, n);
            DSC_ISA(take_larger_512)(&most, &at, b, 1);
            DSC_ISA(take_larger_512)(&most, &at, c, 2);
            DSC_ISA(take_larger_512)(&most, &at, d, 3);
            _mm512_mask_storeu_ps(y + i * columns + j, mask, most);
            _mm512_mask_cvtepi32_storeu_epi8(place + i * columns + j, mask, at);
        }
}

static void DSC_ISA(pool_2x2_back)(dsc_real *restrict dx, const dsc_real *restrict dy,
                                   const uint8_t *restrict place, size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, dx += 2 * width)
        for (size_t j = 0; j < columns; j += 16) {
            const size_t n = columns - j < 16 ? columns - j : 16;
            const __mmask16 mask = (__mmask16)((1u << n) - 1u);
            const __m512 d = _mm512_maskz_loadu_ps(mask, dy + i * columns + j);
            const __m512i at = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, place + i * columns + j));
            __m512 part[4];
            for (int k = 0; k < 4; k++)
                part[k] = _mm512_maskz_mov_ps(_mm512_cmpeq_epi32_mask(at, _mm512_set1_epi32(k)), d);
            DSC_ISA(put_together)(dx + 2 * j, part[0], part[1], n);
            DSC_ISA(put_together)(dx + width + 2 * j, part[2], part[3], n);
        }
}

/* ---- sparse_template.h: indices and masks of nonzero elements ---- */

#define DSC_OWN_FIND_WORDS
static size_t DSC_ISA(find_words)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                  size_t last) {
    size_t k = first, count = 0;
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
    for (; k < last; k++) {
        where[count] = (uint32_t)k;
        values[count] = x[k];
        count += x[k] != 0;
    }
    return count;
}

#define DSC_OWN_FIND_BITS
DSC_INLINE uint64_t DSC_ISA(find_bits)(const dsc_real *x, size_t count) {
    uint64_t mask = 0;
    size_t s = 0;
    for (; s + 16 <= count; s += 16)
        mask |= (uint64_t)dsc_mask_bits(
                    _mm512_cmp_ps_mask(_mm512_loadu_ps(x + s), _mm512_setzero_ps(), _CMP_NEQ_UQ))
                << s;
    for (; s < count; s++) mask |= (uint64_t)(x[s] != 0) << s;
    return mask;
}

DSC_INLINE void DSC_ISA(find_chunk)(uint64_t *masks, const dsc_real *x, size_t x_row, size_t count,
                                    size_t inputs) {
    __attribute__((aligned(64))) uint16_t there[DSC_SPARSE_CHUNK] = {0};
    const __mmask16 inside = (__mmask16)(inputs < 16 ? (1u << inputs) - 1u : 0xffffu);
    for (size_t s = 0; s < count; s++)
        there[s] = (uint16_t)_mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(inside, x + s * x_row),
                                                _mm512_setzero_ps(), _CMP_NEQ_UQ);
    const __m512i low = _mm512_load_si512(there), high = _mm512_load_si512(there + 32);
    for (size_t i = 0; i < inputs; i++) {
        const __m512i bit = _mm512_set1_epi16((short)(1 << i));
        masks[i] = _mm512_test_epi16_mask(low, bit) | (uint64_t)_mm512_test_epi16_mask(high, bit) << 32;
    }
}
