/* SPDX-License-Identifier: MIT */
/* isa_avx512.h: begins code compiled for AVX-512 F, BW, DQ and VL, which every server processor since Skylake
 * has.
 *
 * To require a further extension, name it twice. For clang, define DSC_ISA_MORE before the include, such as
 * ",avx512bf16", because clang uses only one of two target attributes. For gcc, add a `#pragma GCC target`
 * after the include, because gcc does not expand macros there. */
#include <immintrin.h>

#if !defined(DSC_ISA_MORE)
#define DSC_ISA_MORE ""
#endif
#define DSC_ISA_SUFFIX avx512
#define DSC_ISA_BYTES  64
#if defined(__clang__)
#pragma clang attribute push(                                                                                \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl" DSC_ISA_MORE))),                     \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")
#endif
#define DSC_OWN_LARGER
#include "kernel/vector_template.h"

DSC_INLINE vec vec_fma(vec a, vec b, vec sum) {
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sum);
}
DSC_INLINE vec vec_larger(vec a, vec b) {
    const __mmask16 take = (__mmask16)(_mm512_cmp_ps_mask((__m512)b, (__m512)a, _CMP_GT_OQ) |
                                       _mm512_cmp_ps_mask((__m512)b, (__m512)b, _CMP_UNORD_Q));
    return (vec)_mm512_mask_mov_ps((__m512)a, take, (__m512)b);
}

typedef __mmask16 vec_mask;
DSC_INLINE vec_mask vec_first(size_t n) { return (vec_mask)((1u << n) - 1u); }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    return (vec)_mm512_maskz_loadu_ps(mask, from);
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    _mm512_mask_storeu_ps(to, mask, (__m512)x);
}

/* 32 registers: 14 rows by 2 vectors. */
#define DSC_SET_NAME   "avx512"
#define DSC_SET_HELP   "AVX-512"
#define DSC_SET_ROWS   14
#define DSC_SET_ROWS_4 6
#define DSC_SET_ROWS_8 3
#define DSC_SET_DEPTH  320
#define DSC_SET_LOOPS  "kernel/isa_avx512_loops.h"
