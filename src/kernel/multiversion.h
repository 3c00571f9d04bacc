/* SPDX-License-Identifier: MIT */
/* multiversion.h: compiles a file of loops once for each instruction set. At most one use per source file.
 *
 * In adam.c:                                        in adam_loops.h, which has no include guard:
 *
 *   #define DSC_MULTIVERSION "optim/adam_loops.h"     static void DSC_ISA(adam_step)(float *w, ...) {
 *   #include "kernel/multiversion.h"                      for (size_t i = 0; i < count; i++) ...
 *                                                     }
 *   static void (*const adam_steps[])(float *w, ...) = DSC_ISA_TABLE(adam_step);
 *   ...
 *   adam_steps[kernels->isa](w, ...);      or adam_steps[dsc_isa_best()] without a kernel set
 *
 * Plain loops are enough: the compiler vectorises them for each set (`restrict` helps). Nothing is fused or
 * reassociated (-ffp-contract=off), so every set gives the same bits. A loop that needs explicit vectors uses
 * vector_template.h: vec, vec_load, vec_store, vec_all, vec_select, ... */
#include "kernel/isa.h"

#include DSC_ISA_HEADER(DSC_ISA_FIRST)
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"

#if DSC_ISA_COUNT > 1
#include DSC_ISA_HEADER(DSC_ISA_SECOND)
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"
#endif

#if DSC_ISA_COUNT > 2
#include DSC_ISA_HEADER(DSC_ISA_THIRD)
#include DSC_MULTIVERSION
#include "kernel/isa_end.h"
#endif

#if DSC_ISA_COUNT > 3
#error "a fourth instruction set of one kind of processor: more of the same here, and a file set_fourth.c"
#endif

#undef DSC_MULTIVERSION
