/* SPDX-License-Identifier: MIT */
/* isa.h: names for what is compiled once for each instruction set.
 *
 * Between `#include "kernel/isa_avx2.h"` and `#include "kernel/isa_end.h"` functions are compiled for AVX2 and
 * FMA, whatever the compiler's flags, and DSC_ISA(name) is name_avx2. */
#ifndef DSC_KERNEL_ISA_H
#define DSC_KERNEL_ISA_H

#include "kernel/kernel.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The checking build computes in double, with the portable kernels alone. */
#if defined(__x86_64__) && !defined(DSC_REAL_DOUBLE)
#define DSC_HAVE_X86 1
#include <immintrin.h>
#else
#define DSC_HAVE_X86 0
#endif

#define DSC_ISA_PASTE_(name, suffix) name##_##suffix
#define DSC_ISA_PASTE(name, suffix)  DSC_ISA_PASTE_(name, suffix)
#define DSC_ISA(name)                DSC_ISA_PASTE(name, DSC_ISA_SUFFIX)

/* One function for each set, to be indexed by dsc_kernels.isa. */
#if DSC_HAVE_X86
#define DSC_ISA_TABLE(name)                                                                                  \
    { name##_portable, name##_avx2, name##_avx512 }
#else
#define DSC_ISA_TABLE(name)                                                                                  \
    { name##_portable }
#endif

#define DSC_INLINE static inline __attribute__((always_inline, unused))

/* The best instruction set for such loops that this processor, and its system, have. It costs nothing to ask. */
DSC_INLINE unsigned dsc_isa_best(void) {
#if DSC_HAVE_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return DSC_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return DSC_ISA_AVX2;
#endif
    return DSC_ISA_PORTABLE;
}

/* The names of vector_template.h, which resolve to those of the set being compiled. */
#define vec             DSC_ISA(vec)
#define vec_loose       DSC_ISA(vec_loose)
#define vec_bits        DSC_ISA(vec_bits)
#define vec_word        DSC_ISA(vec_word)
#define vec_word_of_a   DSC_ISA(vec_word_of_a)
#define vec_mask        DSC_ISA(vec_mask)
#define vec_load        DSC_ISA(vec_load)
#define vec_store       DSC_ISA(vec_store)
#define vec_all         DSC_ISA(vec_all)
#define vec_fma         DSC_ISA(vec_fma)
#define vec_first       DSC_ISA(vec_first)
#define vec_load_first  DSC_ISA(vec_load_first)
#define vec_store_first DSC_ISA(vec_store_first)
#define vec_as_bits     DSC_ISA(vec_as_bits)
#define vec_from_bits   DSC_ISA(vec_from_bits)
#define vec_select      DSC_ISA(vec_select)
#define vec_relu        DSC_ISA(vec_relu)
#define vec_magnitude   DSC_ISA(vec_magnitude)
#define vec_with_sign   DSC_ISA(vec_with_sign)

#endif
