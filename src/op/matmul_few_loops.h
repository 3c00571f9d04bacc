/* SPDX-License-Identifier: MIT */
/* matmul_few_loops.h: the loops of matmul_few.c, compiled for each instruction set. */

#if DSC_ISA_LEVEL == 2
/* GCC 12 may spill a mask as 16 bits and then read 32: to be called before anything else uses the mask, and through a register. */
DSC_INLINE size_t DSC_ISA(count_bits)(__mmask16 mask) {
    uint32_t bits = mask;
    __asm__ volatile("" : "+r"(bits));
    return (size_t)__builtin_popcount(bits);
}
#endif

/* Appends the numbers and values of the inputs in [first, last) that are not zero; returns how many there are then. */
static size_t DSC_ISA(find_inputs)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                   size_t last, size_t count) {
    size_t k = first;
#if DSC_ISA_LEVEL == 2
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + 16 <= last; k += 16) {
        const __m512 v = _mm512_loadu_ps(x + k);
        const __mmask16 there = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        const size_t more = DSC_ISA(count_bits)(there);
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

#if DSC_ISA_LEVEL == 2
/* The same for pairs of bfloat16 that are not both zero. `pairs` may be `values`. */
static size_t DSC_ISA(find_pairs)(uint32_t *where, uint32_t *values, const uint32_t *pairs, size_t count) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0;
    for (size_t k = 0; k < count; k += 16) {
        const __mmask16 inside = (__mmask16)(count - k < 16 ? (1u << (count - k)) - 1u : 0xffffu);
        const __m512i v = _mm512_maskz_loadu_epi32(inside, pairs + k);
        const __mmask16 there = _mm512_test_epi32_mask(v, v);
        const size_t more = DSC_ISA(count_bits)(there);
        _mm512_storeu_si512(where + found, _mm512_maskz_compress_epi32(
                                               there, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)k))));
        _mm512_mask_compressstoreu_epi32(values + found, there, v);
        found += more;
    }
    return found;
}

/* Sums of `vectors` panels of pairs. */
DSC_INLINE void DSC_ISA(add_pair_panels)(dsc_real *y, const uint32_t *panels, size_t panel,
                                         const uint32_t *where, const uint32_t *values, size_t count,
                                         const int vectors, size_t columns) {
    const __m512i high = _mm512_set1_epi32((int)0xffff0000u);
    __m512 sum[4];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) sum[v] = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i++) {
        const uint32_t *row = panels + (size_t)where[i] * 16;
        const __m512i x = _mm512_set1_epi32((int)values[i]);
        const __m512 even = _mm512_castsi512_ps(_mm512_slli_epi32(x, 16));
        const __m512 odd = _mm512_castsi512_ps(_mm512_and_si512(x, high));
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            const __m512i w = _mm512_loadu_si512(row + (size_t)v * panel);
            sum[v] = _mm512_fmadd_ps(even, _mm512_castsi512_ps(_mm512_slli_epi32(w, 16)), sum[v]);
            sum[v] = _mm512_fmadd_ps(odd, _mm512_castsi512_ps(_mm512_and_si512(w, high)), sum[v]);
        }
    }
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        const size_t left = columns - (size_t)v * 16;
        _mm512_mask_storeu_ps(y + v * 16, (__mmask16)(left < 16 ? (1u << left) - 1u : 0xffffu), sum[v]);
    }
}

static void DSC_ISA(add_pairs)(dsc_real *y, const uint32_t *packed, size_t panel, const uint32_t *where,
                               const uint32_t *values, size_t count, size_t n) {
    for (size_t j = 0; j < n; j += 64) {
        const size_t columns = n - j < 64 ? n - j : 64;
        const uint32_t *panels = packed + j / 16 * panel;
        if (columns > 48)
            DSC_ISA(add_pair_panels)(y + j, panels, panel, where, values, count, 4, columns);
        else if (columns > 32)
            DSC_ISA(add_pair_panels)(y + j, panels, panel, where, values, count, 3, columns);
        else if (columns > 16)
            DSC_ISA(add_pair_panels)(y + j, panels, panel, where, values, count, 2, columns);
        else
            DSC_ISA(add_pair_panels)(y + j, panels, panel, where, values, count, 1, columns);
    }
}
#endif

/* Sums of `vectors` panels over `count` inputs, each from its own zero. */
DSC_INLINE void DSC_ISA(add_panels)(dsc_real *y, const dsc_real *panels, size_t panel, const uint32_t *where,
                                    const dsc_real *values, size_t count, const int vectors, bool more,
                                    size_t columns) {
    vec sum[8];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) sum[v] = (vec){0};
    for (size_t i = 0; i < count; i++) {
        const dsc_real *row = panels + (size_t)where[i] * DSC_ISA_WIDTH;
        const vec x = vec_all(values[i]);
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) sum[v] = vec_fma(x, vec_load(row + (size_t)v * panel), sum[v]);
    }
    const vec_mask mask = vec_first(columns - (size_t)(vectors - 1) * DSC_ISA_WIDTH);
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
        dsc_real *to = y + v * DSC_ISA_WIDTH;
        if (v < vectors - 1)
            vec_store(to, more ? sum[v] + vec_load(to) : sum[v]);
        else
            vec_store_first(to, more ? sum[v] + vec_load_first(to, mask) : sum[v], mask);
    }
}

static void DSC_ISA(add_inputs)(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                                const dsc_real *values, size_t count, size_t n, bool more) {
    for (size_t j = 0; j < n;) {
        const size_t left = n - j, most = 8 * DSC_ISA_WIDTH, columns = left < most ? left : most;
        const dsc_real *panels = packed + j / DSC_ISA_WIDTH * panel;
        switch ((columns + DSC_ISA_WIDTH - 1) / DSC_ISA_WIDTH) {
#define DSC_PANELS(v)                                                                                        \
    case v:                                                                                                  \
        DSC_ISA(add_panels)(y + j, panels, panel, where, values, count, v, more, columns);                   \
        break;
            DSC_PANELS(1)
            DSC_PANELS(2)
            DSC_PANELS(3)
            DSC_PANELS(4)
            DSC_PANELS(5)
            DSC_PANELS(6)
            DSC_PANELS(7)
            DSC_PANELS(8)
#undef DSC_PANELS
        default:
            break;
        }
        j += columns;
    }
}
