/* SPDX-License-Identifier: MIT */
/* isa_wasm.h: begins code compiled for WebAssembly's 128-bit vectors (-msimd128), which have no fused
 * multiply-add. */
#include <wasm_simd128.h>

#define DSC_ISA_SUFFIX wasm
#define DSC_ISA_BYTES  16
#pragma clang attribute push
#include "kernel/vector_template.h"

DSC_INLINE vec vec_fma(vec a, vec b, vec sum) { return a * b + sum; } /* rounded twice */

typedef size_t vec_mask;
DSC_INLINE vec_mask vec_first(size_t n) { return n; }
DSC_INLINE vec vec_load_first(const dsc_real *from, vec_mask mask) {
    if (mask == 4) return (vec)wasm_v128_load(from);
    if (mask == 1) return (vec)wasm_v128_load32_zero(from);
    const v128_t two = wasm_v128_load64_zero(from);
    return (vec)(mask == 2 ? two : wasm_v128_load32_lane(from + 2, two, 2));
}
DSC_INLINE void vec_store_first(dsc_real *to, vec x, vec_mask mask) {
    const v128_t all = (v128_t)x;
    if (mask == 4)
        wasm_v128_store(to, all);
    else if (mask == 1)
        wasm_v128_store32_lane(to, all, 0);
    else {
        wasm_v128_store64_lane(to, all, 0);
        if (mask == 3) wasm_v128_store32_lane(to + 2, all, 2);
    }
}

/* An engine has the registers of its host processor, at least 16: 6 rows by 2 vectors. */
#define DSC_SET_NAME   "wasm"
#define DSC_SET_HELP   "WebAssembly with SIMD"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  512
