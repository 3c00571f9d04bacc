/* SPDX-License-Identifier: MIT */
/* conv2d_pool_loops.h: one row of 2 x 2 windows over pixels with their channels last, compiled for each instruction set. */

/* b if it is larger or NaN, else a. */
DSC_INLINE vec DSC_ISA(larger)(vec a, vec b) {
#if DSC_ISA_LEVEL == 2
    const __mmask16 take = (__mmask16)(_mm512_cmp_ps_mask((__m512)b, (__m512)a, _CMP_GT_OQ) |
                                       _mm512_cmp_ps_mask((__m512)b, (__m512)b, _CMP_UNORD_Q));
    return (vec)_mm512_mask_mov_ps((__m512)a, take, (__m512)b);
#else
    return vec_select((b > a) | (b != b), b, a);
#endif
}

static void DSC_ISA(pool_row)(dsc_real *restrict out, const dsc_real *restrict above,
                              const dsc_real *restrict below, size_t columns, size_t channels) {
    for (size_t x = 0; x < columns; x++, out += channels, above += 2 * channels, below += 2 * channels) {
        size_t c = 0;
        for (; c + DSC_ISA_WIDTH <= channels; c += DSC_ISA_WIDTH) {
            const vec first = DSC_ISA(larger)(vec_load(above + c), vec_load(above + channels + c));
            const vec second = DSC_ISA(larger)(vec_load(below + c), vec_load(below + channels + c));
            vec_store(out + c, DSC_ISA(larger)(first, second));
        }
        if (c == channels) continue;
        const vec_mask mask = vec_first(channels - c);
        const vec first =
            DSC_ISA(larger)(vec_load_first(above + c, mask), vec_load_first(above + channels + c, mask));
        const vec second =
            DSC_ISA(larger)(vec_load_first(below + c, mask), vec_load_first(below + channels + c, mask));
        vec_store_first(out + c, DSC_ISA(larger)(first, second), mask);
    }
}
