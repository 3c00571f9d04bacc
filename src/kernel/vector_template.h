/* SPDX-License-Identifier: MIT */
/* vector_template.h: the vectors of one instruction set, on the vector extension of GCC and clang: + - * /
 * and comparisons work on them directly. Each isa_*.h includes it, so it has no guard.
 *
 * After the include, isa_*.h defines
 *   vec_fma(a, b, sum)             a * b + sum, rounded once where the processor can
 *   vec_mask, vec_first(n)         a mask of the first n elements, 0 < n <= width
 *   vec_load_first(from, mask)     reads the masked elements only; the others are 0
 *   vec_store_first(to, x, mask)   writes the masked elements only
 * and vec_larger if it defines DSC_OWN_LARGER, and the macros that set_template.h reads. */

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

/* A word of a product's left operand. Pairs of bfloat16 may start at an odd element. */
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
