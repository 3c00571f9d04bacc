/* SPDX-License-Identifier: MIT */
/* isa_avx512.h: begins what is compiled for AVX-512 as every server processor since Skylake has it (F, BW, DQ, VL). */
#define DSC_ISA_SUFFIX avx512
#define DSC_ISA_LEVEL  2
#define DSC_ISA_BYTES  64
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))),         \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")
#endif
#include "kernel/vector_template.h"
