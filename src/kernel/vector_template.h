/* SPDX-License-Identifier: MIT */
/* vector_template.h: the vectors of one instruction set, on GCC's and clang's vector extension: + - * / and
 * comparisons work on them directly. Included by isa_*.h for each set, so without a guard. */

#define DSC_ISA_WIDTH (DSC_ISA_BYTES / (int)sizeof(dsc_real)) /* reals in a vector */

typedef dsc_real vec __attribute__((vector_size(DSC_ISA_BYTES)));
typedef dsc_real vec_loose __attribute__((vector_size(DSC_ISA_BYTES), aligned(sizeof(dsc_real)), may_alias));
#ifdef DSC_REAL_DOUBLE
typedef int64_t vec_bits __attribute__((vector_size(DSC_ISA_BYTES)));
typedef uint64_t vec_word __attribute__((vector_size(DSC_ISA_BYTES)));
#else
typedef int32_t vec_bits __attribute__((vector_size(DSC_ISA_BYTES)));  /* a comparison gives 0 or -1 */
typedef uint32_t vec_word __attribute__((vector_size(DSC_ISA_BYTES))); /* for sums that wrap around */
#endif

/* A word of a product's left side: bfloat16 pairs need not begin at an even one. */
typedef dsc_real vec_word_of_a __attribute__((aligned(sizeof(uint16_t)), may_alias));

DSC_INLINE vec vec_load(const dsc_real *from) { return *(const vec_loose *)from; }
DSC_INLINE void vec_store(dsc_real *to, vec x) { *(vec_loose *)to = x; }
DSC_INLINE vec vec_all(dsc_real x) { return x - (vec){0}; }
DSC_INLINE vec_bits vec_as_bits(vec x) { return (vec_bits)x; }
DSC_INLINE vec vec_from_bits(vec_bits x) { return (vec)x; }
DSC_INLINE vec vec_select(vec_bits mask, vec yes, vec no) {
    return (vec)((mask & (vec_bits)yes) | (~mask & (vec_bits)no));
}
DSC_INLINE vec vec_relu(vec x) { return (vec)((vec_bits)x & ~(x < (vec){0})); } /* NaN stays */
DSC_INLINE vec vec_magnitude(vec x) { return (vec)((vec_bits)x & ~(vec_bits)(-(vec){0})); }
DSC_INLINE vec vec_with_sign(vec magnitude, vec sign) {
    const vec_bits minus = (vec_bits)(-(vec){0});
    return (vec)(((vec_bits)magnitude & ~minus) | ((vec_bits)sign & minus));
}

/* The first n elements alone, 0 < n <= width: nothing behind them is touched; a load makes the rest 0. */
#if DSC_ISA_LEVEL == 2
typedef __mmask16 vec_mask;
DSC_INLINE vec vec_fma(vec a, vec b, vec sum) {
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sum);
}
DSC_INLINE vec_mask vec_first(size_t n) { return (vec_mask)((1u << n) - 1u); }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    return (vec)_mm512_maskz_loadu_ps(mask, from);
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    _mm512_mask_storeu_ps(to, mask, (__m512)x);
}
#elif DSC_ISA_LEVEL == 1
typedef __m256i vec_mask;
DSC_INLINE vec vec_fma(vec a, vec b, vec sum) {
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)sum);
}
DSC_INLINE vec_mask vec_first(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    return (vec)_mm256_maskload_ps(from, mask);
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    _mm256_maskstore_ps(to, mask, (__m256)x);
}
#else
typedef size_t vec_mask;
DSC_INLINE vec vec_fma(vec a, vec b, vec sum) { return a * b + sum; } /* rounded twice */
DSC_INLINE vec_mask vec_first(size_t n) { return n; }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    vec x = {0};
    for (size_t i = 0; i < mask; i++) x[i] = from[i];
    return x;
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    for (size_t i = 0; i < mask; i++) to[i] = x[i];
}
#endif
