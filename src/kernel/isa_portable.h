/* SPDX-License-Identifier: MIT */
/* isa_portable.h: begins code compiled for any machine: vectors of 16 bytes, which the compiler maps to the
 * hardware. Multiplication and addition are rounded separately, so the bits are the same on every IEEE
 * machine. */
#define DSC_ISA_SUFFIX portable
#define DSC_ISA_BYTES  16
#if defined(__clang__)
#pragma clang attribute push
#else
#pragma GCC push_options
#endif
#include "kernel/vector_template.h"

DSC_INLINE vec vec_fma(vec a, vec b, vec sum) { return a * b + sum; }

typedef size_t vec_mask;
DSC_INLINE vec_mask vec_first(size_t n) { return n; }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    vec x = {0};
    for (size_t i = 0; i < mask; i++) x[i] = from[i];
    return x;
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    for (size_t i = 0; i < mask; i++) to[i] = x[i];
}

/* At least 16 registers: 6 rows by 2 vectors. */
#define DSC_SET_NAME   "portable"
#define DSC_SET_HELP   "any processor"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  512
#define DSC_SET_PLAIN  true
