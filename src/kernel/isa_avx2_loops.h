/* SPDX-License-Identifier: MIT */
/* isa_avx2_loops.h: AVX2 loops that replace slower ones of the templates; included by set_template.h. */

/* ---- pool_template.h: four columns of windows of 2 x 2 ---- */

#define DSC_OWN_POOL_FOUR
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

DSC_INLINE void DSC_ISA(pool_four_back)(dsc_real *dx, const dsc_real *dy, const uint8_t *place,
                                        size_t width) {
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

/* ---- sparse_template.h: masks of nonzero elements ---- */

#define DSC_OWN_FIND_BITS
DSC_INLINE uint64_t DSC_ISA(find_bits)(const dsc_real *x, size_t count) {
    uint64_t mask = 0;
    size_t s = 0;
    for (; s + 8 <= count; s += 8)
        mask |= (uint64_t)(unsigned)_mm256_movemask_ps(
                    _mm256_cmp_ps(_mm256_loadu_ps(x + s), _mm256_setzero_ps(), _CMP_NEQ_UQ))
                << s;
    for (; s < count; s++) mask |= (uint64_t)(x[s] != 0) << s;
    return mask;
}

DSC_INLINE void DSC_ISA(find_chunk)(uint64_t *masks, const dsc_real *x, size_t x_row, size_t count,
                                    size_t inputs) {
    size_t i = 0;
    for (; i + 8 <= inputs; i += 8) {
        __m256i half[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (size_t s = 0; s < count; s++) {
            const __m256 there =
                _mm256_cmp_ps(_mm256_loadu_ps(x + s * x_row + i), _mm256_setzero_ps(), _CMP_NEQ_UQ);
            const __m256i bit = _mm256_set1_epi32((int)(1u << s % 32));
            half[s / 32] = _mm256_or_si256(half[s / 32], _mm256_and_si256(_mm256_castps_si256(there), bit));
        }
        uint32_t bits[2][8];
        _mm256_storeu_si256((void *)bits[0], half[0]);
        _mm256_storeu_si256((void *)bits[1], half[1]);
        for (size_t k = 0; k < 8; k++) masks[i + k] = bits[0][k] | (uint64_t)bits[1][k] << 32;
    }
    for (; i < inputs; i++) {
        uint64_t mask = 0;
        for (size_t s = 0; s < count; s++) mask |= (uint64_t)(x[s * x_row + i] != 0) << s;
        masks[i] = mask;
    }
}
