/* SPDX-License-Identifier: MIT */
/* isa_avx2.h: begins what is compiled for AVX2 and FMA. */
#define DSC_ISA_SUFFIX avx2
#define DSC_ISA_LEVEL  1
#define DSC_ISA_BYTES  32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "kernel/vector_template.h"
