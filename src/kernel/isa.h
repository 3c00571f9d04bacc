/* SPDX-License-Identifier: MIT */
/* isa.h: names of functions that are compiled once for each instruction set.
 *
 * Functions between the include of isa_SUFFIX.h and the include of isa_end.h are compiled for that set,
 * whatever the compiler's flags; DSC_ISA(name) expands to name_SUFFIX. instruction_sets.h lists the sets. */
#ifndef DSC_KERNEL_ISA_H
#define DSC_KERNEL_ISA_H

#include "kernel/instruction_sets.h"
#include "kernel/kernel.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define DSC_ISA_PASTE_(name, suffix) name##_##suffix
#define DSC_ISA_PASTE(name, suffix)  DSC_ISA_PASTE_(name, suffix)
#define DSC_ISA(name)                DSC_ISA_PASTE(name, DSC_ISA_SUFFIX)
#define DSC_ISA_NUMBER               DSC_ISA(DSC_ISA_NUMBER)

/* A table with one function for each set, indexed by dsc_kernels.isa. */
#define DSC_ISA_TABLE_(suffix, attribute, here, name) name##_##suffix,
#define DSC_ISA_TABLE(name)                                                                                  \
    { DSC_ISAS(DSC_ISA_TABLE_, name) }

#define DSC_INLINE static inline __attribute__((always_inline, unused))

/* Names of vector_template.h; they resolve to those of the set being compiled. */
#define vec             DSC_ISA(vec)
#define vec_loose       DSC_ISA(vec_loose)
#define vec_bits        DSC_ISA(vec_bits)
#define vec_word        DSC_ISA(vec_word)
#define vec_word_of_a   DSC_ISA(vec_word_of_a)
#define vec_mask        DSC_ISA(vec_mask)
#define vec_load        DSC_ISA(vec_load)
#define vec_store       DSC_ISA(vec_store)
#define vec_all         DSC_ISA(vec_all)
#define vec_fma         DSC_ISA(vec_fma)
#define vec_first       DSC_ISA(vec_first)
#define vec_load_first  DSC_ISA(vec_load_first)
#define vec_store_first DSC_ISA(vec_store_first)
#define vec_as_bits     DSC_ISA(vec_as_bits)
#define vec_from_bits   DSC_ISA(vec_from_bits)
#define vec_select      DSC_ISA(vec_select)
#define vec_relu        DSC_ISA(vec_relu)
#define vec_larger      DSC_ISA(vec_larger)
#define vec_magnitude   DSC_ISA(vec_magnitude)
#define vec_with_sign   DSC_ISA(vec_with_sign)

#endif
