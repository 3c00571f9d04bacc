/* SPDX-License-Identifier: MIT */
/* isa_avx512.h: begins what is compiled for AVX-512 as every server processor since Skylake has it (F, BW, DQ, VL).
 *
 * For more than that, say it twice: to clang by DSC_ISA_MORE, as in ",avx512bf16", defined before, since of two target
 * attributes it takes one; to gcc by a #pragma GCC target of its own behind this, since it does not expand macros there. */
#if !defined(DSC_ISA_MORE)
#define DSC_ISA_MORE ""
#endif
#define DSC_ISA_SUFFIX avx512
#define DSC_ISA_LEVEL  2
#define DSC_ISA_BYTES  64
#if defined(__clang__)
#pragma clang attribute push(                                                                                \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl" DSC_ISA_MORE))),                     \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")
#endif
#include "kernel/vector_template.h"
