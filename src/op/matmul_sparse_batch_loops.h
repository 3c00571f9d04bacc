/* SPDX-License-Identifier: MIT */
/* matmul_sparse_batch_loops.h: the loops of matmul_sparse_batch.c, compiled for each instruction set. */

/* Bit s: x[s] is not zero; of 64 at most. */
DSC_INLINE uint64_t DSC_ISA(find_bits)(const dsc_real *x, size_t count) {
    uint64_t mask = 0;
    size_t s = 0;
#if DSC_ISA_LEVEL == 2
    for (; s + 16 <= count; s += 16)
        mask |= (uint64_t)dsc_mask_bits(
                    _mm512_cmp_ps_mask(_mm512_loadu_ps(x + s), _mm512_setzero_ps(), _CMP_NEQ_UQ))
                << s;
#elif DSC_ISA_LEVEL == 1
    for (; s + 8 <= count; s += 8)
        mask |= (uint64_t)(unsigned)_mm256_movemask_ps(
                    _mm256_cmp_ps(_mm256_loadu_ps(x + s), _mm256_setzero_ps(), _CMP_NEQ_UQ))
                << s;
#endif
    for (; s < count; s++) mask |= (uint64_t)(x[s] != 0) << s;
    return mask;
}

/* sum += x[s * step] * row s of the panels, for every bit s of the mask. */
DSC_INLINE void DSC_ISA(add_bits)(vec *sum, uint64_t mask, const dsc_real *x, size_t step,
                                  const dsc_real *panels, size_t panel, const int vectors) {
    for (; mask; mask &= mask - 1) {
        const size_t s = (size_t)__builtin_ctzll(mask);
        const vec factor = vec_all(x[s * step]);
        const dsc_real *from = panels + s * DSC_ISA_WIDTH;
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++)
            sum[v] = vec_fma(factor, vec_load(from + (size_t)v * panel), sum[v]);
    }
}

#define DSC_SPARSE_CASES(CASE)                                                                               \
    CASE(1)                                                                                                  \
    CASE(2)                                                                                                  \
    CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)

/* ---- Rows of y ---- */

/* As many panels as fill the cache with 64 of depth. */
#define DSC_SPARSE_ROOM  (CACHE_BYTES / (CHUNK * DSC_ISA_BYTES) + 1)
#define DSC_SPARSE_STRIP (DSC_SPARSE_ROOM < PANELS_MOST ? DSC_SPARSE_ROOM : PANELS_MOST)

DSC_INLINE void DSC_ISA(add_some_rows)(dsc_real *y, size_t y_row, const dsc_real *x, size_t x_row,
                                       size_t rows, size_t count, const dsc_real *panels, size_t panel,
                                       bool on, const int vectors) {
    for (size_t i = 0; i < rows; i++, y += y_row, x += x_row) {
        vec sum[PANELS_MOST];
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) sum[v] = on ? vec_load(y + v * DSC_ISA_WIDTH) : (vec){0};
        DSC_ISA(add_bits)(sum, DSC_ISA(find_bits)(x, count), x, 1, panels, panel, vectors);
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) vec_store(y + v * DSC_ISA_WIDTH, sum[v]);
    }
}

/* The sums y (rows, whole panels) go `on`, or begin, with `count` of depth, 64 at most: x (rows, count) times as many rows of the
 * panels. */
static void DSC_ISA(add_rows)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                              size_t rows, size_t count, const dsc_real *packed, size_t panel, bool on) {
    const size_t parts = (panel_count + DSC_SPARSE_STRIP - 1) / DSC_SPARSE_STRIP;
    for (size_t part = 0; part < parts; part++) {
        const size_t p = panel_count * part / parts, vectors = panel_count * (part + 1) / parts - p;
        switch (vectors) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_ISA(add_some_rows)                                                                               \
        (y + p * DSC_ISA_WIDTH, y_row, x, x_row, rows, count, packed + p * panel, panel, on, v);             \
        break;
            DSC_SPARSE_CASES(DSC_SPARSE_CASE)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
    }
}

/* ---- Columns of dw ---- */

/* Which samples are not zero, of INPUTS columns of x at most: bit s % 64 of masks[s / 64][i]. */
static void DSC_ISA(find_inputs)(uint64_t (*masks)[INPUTS], const dsc_real *x, size_t x_row, size_t samples,
                                 size_t inputs) {
    for (size_t c = 0; c * CHUNK < samples; c++) {
        const dsc_real *from = x + c * CHUNK * x_row;
        const size_t count = samples - c * CHUNK < CHUNK ? samples - c * CHUNK : CHUNK;
        size_t i = 0;
#if DSC_ISA_LEVEL == 2
        __attribute__((aligned(64))) uint16_t there[CHUNK] = {0};
        const __mmask16 inside = (__mmask16)(inputs < 16 ? (1u << inputs) - 1u : 0xffffu);
        for (size_t s = 0; s < count; s++)
            there[s] = (uint16_t)_mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(inside, from + s * x_row),
                                                    _mm512_setzero_ps(), _CMP_NEQ_UQ);
        const __m512i low = _mm512_load_si512(there), high = _mm512_load_si512(there + 32);
        for (; i < inputs; i++) {
            const __m512i bit = _mm512_set1_epi16((short)(1 << i));
            masks[c][i] = _mm512_test_epi16_mask(low, bit) | (uint64_t)_mm512_test_epi16_mask(high, bit)
                                                                 << 32;
        }
#elif DSC_ISA_LEVEL == 1
        for (; i + 8 <= inputs; i += 8) {
            __m256i half[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
            for (size_t s = 0; s < count; s++) {
                const __m256 there =
                    _mm256_cmp_ps(_mm256_loadu_ps(from + s * x_row + i), _mm256_setzero_ps(), _CMP_NEQ_UQ);
                const __m256i bit = _mm256_set1_epi32((int)(1u << s % 32));
                half[s / 32] =
                    _mm256_or_si256(half[s / 32], _mm256_and_si256(_mm256_castps_si256(there), bit));
            }
            uint32_t bits[2][8];
            _mm256_storeu_si256((void *)bits[0], half[0]);
            _mm256_storeu_si256((void *)bits[1], half[1]);
            for (size_t k = 0; k < 8; k++) masks[c][i + k] = bits[0][k] | (uint64_t)bits[1][k] << 32;
        }
#endif
        for (; i < inputs; i++) {
            uint64_t mask = 0;
            for (size_t s = 0; s < count; s++) mask |= (uint64_t)(from[s * x_row + i] != 0) << s;
            masks[c][i] = mask;
        }
    }
}

DSC_INLINE void DSC_ISA(add_strip)(dsc_real *y, size_t y_row, const dsc_real *x, size_t x_row, size_t inputs,
                                   const uint64_t (*masks)[INPUTS], size_t chunks, const dsc_real *panels,
                                   size_t panel, bool more, const int vectors) {
    for (size_t i = 0; i < inputs; i++, y += y_row) {
        vec sum[PANELS_MOST];
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) sum[v] = (vec){0};
        for (size_t c = 0; c < chunks; c++) DSC_ISA(add_bits)
        (sum, masks[c][i], x + c * CHUNK * x_row + i, x_row, panels + c * CHUNK * DSC_ISA_WIDTH, panel,
         vectors);
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) {
            dsc_real *to = y + v * DSC_ISA_WIDTH;
            vec_store(to, more ? sum[v] + vec_load(to) : sum[v]);
        }
    }
}

/* y (inputs, whole panels) (+)= the sum of x[s][i] * row s of the panels over the samples that the masks name; `strip` panels at a
 * time. */
static void DSC_ISA(add_inputs)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x,
                                size_t x_row, size_t inputs, const uint64_t (*masks)[INPUTS], size_t chunks,
                                const dsc_real *packed, size_t panel, size_t strip, bool more) {
    for (size_t p = 0; p < panel_count; p += strip) {
        const size_t vectors = panel_count - p < strip ? panel_count - p : strip;
        switch (vectors) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_ISA(add_strip)                                                                                   \
        (y + p * DSC_ISA_WIDTH, y_row, x, x_row, inputs, masks, chunks, packed + p * panel, panel, more, v); \
        break;
            DSC_SPARSE_CASES(DSC_SPARSE_CASE)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
    }
}

#undef DSC_SPARSE_ROOM
#undef DSC_SPARSE_STRIP
#undef DSC_SPARSE_CASES
