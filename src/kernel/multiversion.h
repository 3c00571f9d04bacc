/* SPDX-License-Identifier: MIT */
/* multiversion.h: compiles a file of loops once for each instruction set. One use in a source file.
 *
 * In adam.c:                                        in adam_loops.h, which has no include guard either:
 *
 *   #define DSC_MULTIVERSION "optim/adam_loops.h"     static void DSC_ISA(adam_step)(float *w, ...) {
 *   #include "kernel/multiversion.h"                      for (size_t i = 0; i < count; i++) ...
 *                                                     }
 *   static void (*const adam_steps[])(float *w, ...) = DSC_ISA_TABLE(adam_step);
 *   ...
 *   adam_steps[kernels->isa](w, ...);      or adam_steps[dsc_isa_best()] where no kernel set is at hand
 *
 * Plain loops are enough: the compiler vectorises them for each set (restrict helps it), and as nothing is fused or
 * reassociated (-ffp-contract=off), every set gives the same bits. Where a loop needs its vectors by name, vector_template.h
 * is there: vec, vec_load, vec_store, vec_all, vec_select, ... */
#include "kernel/isa.h"

#include "kernel/isa_portable.h"
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"

#if DSC_HAVE_X86
#include "kernel/isa_avx2.h"
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"

#include "kernel/isa_avx512.h"
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"
#endif

#undef DSC_MULTIVERSION
