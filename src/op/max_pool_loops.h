/* SPDX-License-Identifier: MIT */
/* max_pool_loops.h: windows of 2 x 2 side by side, compiled for each instruction set.
 *
 * `x` and `dx` have rows of `width` values, `y` and `dy` of `columns`, 2 columns <= width. Places in a window are 0 1 above
 * 2 3. Neighbouring columns are brought apart, or together, by shuffles, which compilers do not find by themselves. */

/* Is x to take the place of the largest so far? NaN is larger than all. */
#define LARGER(x, most) (((x) > (most)) | ((x) != (x)))

#if DSC_ISA_LEVEL == 2
/* Of 2 n values from `from` on, n <= 16, the even and the odd ones. */
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

static void DSC_ISA(back_2x2)(dsc_real *restrict dx, const dsc_real *restrict dy,
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
#else
DSC_INLINE void DSC_ISA(pool_row)(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x,
                                  size_t columns, size_t width) {
    for (size_t j = 0; j < columns; j++) {
        dsc_real most = x[2 * j], b = x[2 * j + 1], c = x[width + 2 * j], d = x[width + 2 * j + 1];
        int32_t at = 0;
        at = LARGER(b, most) ? 1 : at;
        most = LARGER(b, most) ? b : most;
        at = LARGER(c, most) ? 2 : at;
        most = LARGER(c, most) ? c : most;
        at = LARGER(d, most) ? 3 : at;
        most = LARGER(d, most) ? d : most;
        y[j] = most;
        place[j] = (uint8_t)at;
    }
}

DSC_INLINE void DSC_ISA(back_row)(dsc_real *restrict dx, const dsc_real *restrict dy,
                                  const uint8_t *restrict place, size_t columns, size_t width) {
    for (size_t j = 0; j < columns; j++) {
        const dsc_real d = dy[j];
        const int32_t at = place[j];
        dx[2 * j] = at == 0 ? d : 0;
        dx[2 * j + 1] = at == 1 ? d : 0;
        dx[width + 2 * j] = at == 2 ? d : 0;
        dx[width + 2 * j + 1] = at == 3 ? d : 0;
    }
}

#if DSC_ISA_LEVEL == 1
/* Four columns. */
DSC_INLINE void DSC_ISA(take_larger_128)(__m128 *most, __m128 *at, __m128 x, int place) {
    const __m128 larger = _mm_or_ps(_mm_cmpgt_ps(x, *most), _mm_cmpunord_ps(x, x));
    *most = _mm_blendv_ps(*most, x, larger);
    *at = _mm_blendv_ps(*at, _mm_castsi128_ps(_mm_set1_epi32(place)), larger);
}

DSC_INLINE void DSC_ISA(pool_four)(dsc_real *y, uint8_t *place, const dsc_real *x, size_t width) {
    const __m128 above = _mm_loadu_ps(x), beside = _mm_loadu_ps(x + 4);
    const __m128 below = _mm_loadu_ps(x + width), beside_below = _mm_loadu_ps(x + width + 4);
    __m128 most = _mm_shuffle_ps(above, beside, 0x88), at = _mm_setzero_ps();
    DSC_ISA(take_larger_128)(&most, &at, _mm_shuffle_ps(above, beside, 0xDD), 1);
    DSC_ISA(take_larger_128)(&most, &at, _mm_shuffle_ps(below, beside_below, 0x88), 2);
    DSC_ISA(take_larger_128)(&most, &at, _mm_shuffle_ps(below, beside_below, 0xDD), 3);
    _mm_storeu_ps(y, most);
    const __m128i halves = _mm_packs_epi32(_mm_castps_si128(at), _mm_setzero_si128());
    const int bytes = _mm_cvtsi128_si32(_mm_packs_epi16(halves, halves));
    memcpy(place, &bytes, 4);
}

DSC_INLINE void DSC_ISA(back_four)(dsc_real *dx, const dsc_real *dy, const uint8_t *place, size_t width) {
    int bytes;
    memcpy(&bytes, place, 4);
    const __m128i at = _mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes));
    const __m128 d = _mm_loadu_ps(dy);
    __m128 part[4];
    for (int k = 0; k < 4; k++)
        part[k] = _mm_and_ps(d, _mm_castsi128_ps(_mm_cmpeq_epi32(at, _mm_set1_epi32(k))));
    _mm_storeu_ps(dx, _mm_unpacklo_ps(part[0], part[1]));
    _mm_storeu_ps(dx + 4, _mm_unpackhi_ps(part[0], part[1]));
    _mm_storeu_ps(dx + width, _mm_unpacklo_ps(part[2], part[3]));
    _mm_storeu_ps(dx + width + 4, _mm_unpackhi_ps(part[2], part[3]));
}
#endif

/* Where there are four columns or more, the last four are done together, some of them for the second time. */
static void DSC_ISA(pool_2x2)(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x,
                              size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, x += 2 * width, y += columns, place += columns) {
#if DSC_ISA_LEVEL == 1
        for (size_t j = 0; j + 4 <= columns; j += 4) DSC_ISA(pool_four)(y + j, place + j, x + 2 * j, width);
        const size_t last = columns - 4;
        if (columns > 4 && columns % 4 > 0) DSC_ISA(pool_four)(y + last, place + last, x + 2 * last, width);
        if (columns >= 4) continue;
#endif
        DSC_ISA(pool_row)(y, place, x, columns, width);
    }
}

static void DSC_ISA(back_2x2)(dsc_real *restrict dx, const dsc_real *restrict dy,
                              const uint8_t *restrict place, size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, dx += 2 * width, dy += columns, place += columns) {
#if DSC_ISA_LEVEL == 1
        for (size_t j = 0; j + 4 <= columns; j += 4) DSC_ISA(back_four)(dx + 2 * j, dy + j, place + j, width);
        const size_t last = columns - 4;
        if (columns > 4 && columns % 4 > 0) DSC_ISA(back_four)(dx + 2 * last, dy + last, place + last, width);
        if (columns >= 4) continue;
#endif
        DSC_ISA(back_row)(dx, dy, place, columns, width);
    }
}
#endif
