/* SPDX-License-Identifier: MIT */
/* isa_neon.h: begins code compiled for NEON. Every 64-bit ARM processor has NEON, so no target attribute is
 * needed. */
#include <arm_neon.h>

#define DSC_ISA_SUFFIX neon
#define DSC_ISA_BYTES  16
#if defined(__clang__)
#pragma clang attribute push
#else
#pragma GCC push_options
#endif
#include "kernel/vector_template.h"

DSC_INLINE vec vec_fma(vec a, vec b, vec sum) {
    return (vec)vfmaq_f32((float32x4_t)sum, (float32x4_t)a, (float32x4_t)b);
}

typedef size_t vec_mask;
DSC_INLINE vec_mask vec_first(size_t n) { return n; }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    const float32x4_t zero = vdupq_n_f32(0);
    if (mask == 4) return (vec)vld1q_f32(from);
    if (mask == 1) return (vec)vld1q_lane_f32(from, zero, 0);
    const float32x4_t two = vcombine_f32(vld1_f32(from), vdup_n_f32(0));
    return (vec)(mask == 2 ? two : vld1q_lane_f32(from + 2, two, 2));
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    const float32x4_t all = (float32x4_t)x;
    if (mask == 4)
        vst1q_f32(to, all);
    else if (mask == 1)
        vst1q_lane_f32(to, all, 0);
    else {
        vst1_f32(to, vget_low_f32(all));
        if (mask == 3) vst1q_lane_f32(to + 2, all, 2);
    }
}

/* 32 registers: 5 rows by 4 vectors, that is 20 sums, 4 vectors of B and 5 words of A. (With 6 rows, GCC 12
 * keeps sums in memory.) */
#define DSC_SET_NAME   "neon"
#define DSC_SET_HELP   "64-bit ARM"
#define DSC_SET_ROWS   5
#define DSC_SET_ROWS_4 5
#define DSC_SET_ROWS_8 2
#define DSC_SET_DEPTH  512
