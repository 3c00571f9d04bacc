/* SPDX-License-Identifier: MIT */
/* instruction_sets.h: the list of instruction sets. multiversion.h, DSC_LOOP, DSC_ISA_TABLE and kernel.c
 * follow this list.
 *
 * To add an instruction set, write isa_SUFFIX.h (its vectors and micro-tile sizes) and add a line to
 * DSC_ISAS.
 *
 *   compiled where | suffix | function attribute | true if the processor and its system support it
 *
 * Order: least capable first. `ISA` is a macro that the list applies to each entry: ISA(suffix, attribute,
 * here, ...), followed by the caller's extra arguments. */
#ifndef DSC_KERNEL_INSTRUCTION_SETS_H
#define DSC_KERNEL_INSTRUCTION_SETS_H

#include "base/real.h"

#include <stdbool.h>

/* 0 or 1. The checking build computes in double with the portable kernels only. */
#if defined(DSC_REAL_DOUBLE)
#define DSC_ON_X86  0
#define DSC_ON_ARM  0
#define DSC_ON_WASM 0
#else
#if defined(__x86_64__)
#define DSC_ON_X86 1
#else
#define DSC_ON_X86 0
#endif
#if defined(__aarch64__)
#define DSC_ON_ARM 1
#else
#define DSC_ON_ARM 0
#endif
#if defined(__wasm_simd128__)
#define DSC_ON_WASM 1
#else
#define DSC_ON_WASM 0
#endif
#endif

#define DSC_FOR_AVX2   __attribute__((target("avx2,fma")))
#define DSC_FOR_AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))
#define DSC_HAS_AVX2   (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#define DSC_HAS_AVX512                                                                                       \
    (DSC_HAS_AVX2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&              \
     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))

/* clang-format off */
#define DSC_ISAS(ISA, ...)                                                                                   \
    DSC_IF(1,           ISA(portable, ,               true,           __VA_ARGS__))                          \
    DSC_IF(DSC_ON_X86,  ISA(avx2,     DSC_FOR_AVX2,   DSC_HAS_AVX2,   __VA_ARGS__))                          \
    DSC_IF(DSC_ON_X86,  ISA(avx512,   DSC_FOR_AVX512, DSC_HAS_AVX512, __VA_ARGS__))                          \
    DSC_IF(DSC_ON_ARM,  ISA(neon,     ,               true,           __VA_ARGS__))                          \
    DSC_IF(DSC_ON_WASM, ISA(wasm,     ,               true,           __VA_ARGS__))
/* clang-format on */

#define DSC_IF(condition, ...)  DSC_IF_(condition, __VA_ARGS__)
#define DSC_IF_(condition, ...) DSC_IF_##condition(__VA_ARGS__)
#define DSC_IF_1(...)           __VA_ARGS__
#define DSC_IF_0(...)

/* DSC_ISA_NUMBER_SUFFIX: the index of each set in the list. DSC_ISA_COUNT also works in #if. */
#define DSC_ISA_NUMBER_(suffix, attribute, here, ...) DSC_ISA_NUMBER_##suffix,
enum { DSC_ISAS(DSC_ISA_NUMBER_, ) };
#define DSC_ISA_ONE_(suffix, attribute, here, ...) +1
#define DSC_ISA_COUNT                              (0 DSC_ISAS(DSC_ISA_ONE_, ))

/* For #include in this folder: "isa_SUFFIX.h" of the first, second, ... set in the list. */
#define DSC_ISA_SUFFIX_(suffix, attribute, here, ...) suffix,
#define DSC_ISA_FIRST(a, ...)                         a
#define DSC_ISA_SECOND(a, b, ...)                     b
#define DSC_ISA_THIRD(a, b, c, ...)                   c
#define DSC_ISA_HEADER__(path)                        #path
#define DSC_ISA_HEADER_(suffix)                       DSC_ISA_HEADER__(isa_##suffix.h)
#define DSC_ISA_OF(nth, ...)                          nth(__VA_ARGS__)

#define DSC_ISA_HEADER(nth)      DSC_ISA_HEADER_X(DSC_ISA_OF(nth, DSC_ISAS(DSC_ISA_SUFFIX_, )))
#define DSC_ISA_HEADER_X(suffix) DSC_ISA_HEADER_(suffix)

/* The number of the best instruction set for loops on this processor. Costs a few instructions. */
static inline unsigned dsc_isa_best(void) {
    unsigned best = 0;
#define DSC_ISA_BEST_(suffix, attribute, here, ...)                                                          \
    if (here) best = DSC_ISA_NUMBER_##suffix;
    DSC_ISAS(DSC_ISA_BEST_, )
#undef DSC_ISA_BEST_
    return best;
}

#endif
