/* SPDX-License-Identifier: MIT */
/* vector_template.h: the vectors of one instruction set, on GCC's and clang's vector extension: + - * / and
 * comparisons work on them directly. Included by isa_*.h for each set, so without a guard.
 *
 * The isa_*.h itself has, behind it:
 *   vec_fma(a, b, sum)             a * b + sum, rounded once where the processor can
 *   vec_mask, vec_first(n)         the first n elements alone, 0 < n <= width
 *   vec_load_first(from, mask)     nothing behind them is read; the rest is 0
 *   vec_store_first(to, x, mask)   nothing behind them is written
 * and vec_larger, if DSC_OWN_LARGER leaves out the one here; and what set_template.h reads. */

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
/* b if it is larger or NaN, else a. */
#if !defined(DSC_OWN_LARGER)
DSC_INLINE vec vec_larger(vec a, vec b) { return vec_select((b > a) | (b != b), b, a); }
#endif
