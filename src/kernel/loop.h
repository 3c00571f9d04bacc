/* SPDX-License-Identifier: MIT */
/* loop.h: one small loop, compiled for each instruction set.
 *
 *   DSC_LOOP(twice, (dsc_real *out, const dsc_real *in, size_t count), {
 *       for (size_t i = 0; i < count; i++) out[i] = 2 * in[i];
 *   })
 *   ...
 *   twice[kernels->isa](out, in, count);
 *
 * For more than a few lines there is multiversion.h. The compiler vectorises plain loops (restrict helps where arrays are
 * never the same), and as nothing is fused or reassociated, every set gives the same bits. */
#ifndef DSC_KERNEL_LOOP_H
#define DSC_KERNEL_LOOP_H

#include "kernel/isa.h"

#if DSC_HAVE_X86
#define DSC_LOOP(name, parameters, ...)                                                                      \
    static void name##_portable parameters __VA_ARGS__                                                       \
        __attribute__((target("avx2,fma"))) static void name##_avx2 parameters __VA_ARGS__ __attribute__((   \
            target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))) static void name##_avx512 parameters     \
            __VA_ARGS__ static void(*const name[]) parameters = DSC_ISA_TABLE(name);
#else
#define DSC_LOOP(name, parameters, ...)                                                                      \
    static void name##_portable parameters __VA_ARGS__ static void(*const name[]) parameters =               \
        DSC_ISA_TABLE(name);
#endif

#endif
