/* SPDX-License-Identifier: MIT */
/* loop.h: compiles one small loop for each instruction set.
 *
 *   DSC_LOOP(twice, (dsc_real *out, const dsc_real *in, size_t count), {
 *       for (size_t i = 0; i < count; i++) out[i] = 2 * in[i];
 *   })
 *   ...
 *   twice[kernels->isa](out, in, count);
 *
 * Use multiversion.h for more than a few lines. The compiler vectorises plain loops (`restrict` helps if
 * arrays never overlap). Nothing is fused or reassociated, so every set gives the same bits. */
#ifndef DSC_KERNEL_LOOP_H
#define DSC_KERNEL_LOOP_H

#include "kernel/isa.h"

#define DSC_LOOP_(suffix, attribute, here, name, parameters, ...)                                            \
    attribute static void name##_##suffix parameters __VA_ARGS__
#define DSC_LOOP(name, parameters, ...)                                                                      \
    DSC_ISAS(DSC_LOOP_, name, parameters, __VA_ARGS__)                                                       \
    static void(*const name[]) parameters = DSC_ISA_TABLE(name);

#endif
