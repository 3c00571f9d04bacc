/* SPDX-License-Identifier: MIT */
/* kernel.h: the kernel sets, one for each instruction set, and which of them this processor has.
 *
 *   const dsc_kernels *kernels = dsc_kernels_auto();           what this processor is best at: choose.h
 *   kernels->vector->exp(y, x, count);                         elementary functions and loops: vectors.h
 *   dsc_gemm_run(..., kernels->bf16, ...);                     matrix products: gemm.h
 *
 * The elementary functions and the loops of vectors.h give the same bits in every set, on every machine:
 * they never fuse a multiplication with an addition and sum in sixteen fixed lanes. Matrix products give the
 * same bits within one set: whatever the number of threads, the tiles, or the neighbours in the batch. */
#ifndef DSC_KERNEL_KERNEL_H
#define DSC_KERNEL_KERNEL_H

#include "base/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dsc_gemm_kernels dsc_gemm_kernels;     /* gemm.h */
typedef struct dsc_vector_kernels dsc_vector_kernels; /* vectors.h */
typedef struct dsc_sparse_kernels dsc_sparse_kernels; /* sparse.h */

typedef struct dsc_kernels {
    const char *name; /* "portable", "avx2", ... */
    const char *help; /* one line, for people */
    unsigned isa;     /* what its loops are compiled for: the index into the tables of multiversion.h */
    const dsc_vector_kernels *vector;
    const dsc_gemm_kernels *f32;  /* products of reals; of doubles in the checking build */
    const dsc_gemm_kernels *bf16; /* operands rounded to bfloat16 (nearest, ties to even), sums in float */
} dsc_kernels;

/* The set called `name`; NULL if there is no such set or this processor lacks it. "portable" is always
 * there. The set is not checked: choose.h does that. Any thread may call it. */
const dsc_kernels *dsc_kernels_find(const char *name);

/* The sets that this processor has, "portable" first; NULL behind the last. */
const dsc_kernels *dsc_kernels_at(size_t index);

/* The names of all sets this program was built with, usable here or not; NULL behind the last. */
const char *dsc_kernels_name(size_t index);

/* Flush-to-zero of denormal numbers in the calling thread, so that weights which decay into them cost no
 * time. Returns what was set before, for dsc_denormals_restore. Does nothing where the processor has no
 * such switch. Never inlined: compilers do not know that arithmetic depends on the switch, and could move
 * it across. */
unsigned dsc_denormals_flush(void);
void dsc_denormals_restore(unsigned before);

#endif
