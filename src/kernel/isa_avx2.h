/* SPDX-License-Identifier: MIT */
/* isa_avx2.h: begins code compiled for AVX2 and FMA; isa_end.h ends it. */
#include <immintrin.h>

#define DSC_ISA_SUFFIX avx2
#define DSC_ISA_BYTES  32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "kernel/vector_template.h"

DSC_INLINE vec vec_fma(vec a, vec b, vec sum) {
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)sum);
}

typedef __m256i vec_mask;
DSC_INLINE vec_mask vec_first(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    return (vec)_mm256_maskload_ps(from, mask);
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    _mm256_maskstore_ps(to, mask, (__m256)x);
}

/* 16 registers: 6 rows by 2 vectors. */
#define DSC_SET_NAME   "avx2"
#define DSC_SET_HELP   "AVX2 and FMA"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  384
#define DSC_SET_LOOPS  "kernel/isa_avx2_loops.h"
