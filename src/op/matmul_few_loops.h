/* SPDX-License-Identifier: MIT */
/* matmul_few_loops.h: the loops of matmul_few.c, compiled for each instruction set. */

/* Appends the numbers and values of the inputs in [first, last) that are not zero; returns how many there are then. */
static size_t DSC_ISA(find_inputs)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                   size_t last, size_t count) {
    size_t k = first;
#if DSC_ISA_LEVEL == 2
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + 16 <= last; k += 16) {
        const __m512 v = _mm512_loadu_ps(x + k);
        const __mmask16 there = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        _mm512_storeu_si512(where + count, _mm512_maskz_compress_epi32(
                                               there, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)k))));
        _mm512_storeu_ps(values + count, _mm512_maskz_compress_ps(there, v));
        count += (size_t)__builtin_popcount(there);
    }
#endif
    for (; k < last; k++) {
        where[count] = (uint32_t)k;
        values[count] = x[k];
        count += x[k] != 0;
    }
    return count;
}

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
