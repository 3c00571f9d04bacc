/* SPDX-License-Identifier: MIT */
/* kernel.h: the kernel sets, one for each instruction set, and which of them this processor supports.
 *
 *   const dsc_kernels *kernels = dsc_kernels_auto();           the best set for this processor: choose.h
 *   kernels->vector->exp(y, x, count);                         elementary functions and loops: vectors.h
 *   dsc_gemm_run(..., kernels->bf16, ...);                     matrix products: gemm.h
 *
 * The elementary functions and loops of vectors.h give the same bits in every set, on every machine: they
 * never fuse a multiplication with an addition, and they sum in sixteen fixed lanes. Matrix products give the
 * same bits within one set, whatever the number of threads, the tiles, or the neighbours in the batch. */
#ifndef DSC_KERNEL_KERNEL_H
#define DSC_KERNEL_KERNEL_H

#include "base/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dsc_gemm_kernels dsc_gemm_kernels;     /* gemm.h */
typedef struct dsc_vector_kernels dsc_vector_kernels; /* vectors.h */
typedef struct dsc_tile_kernels dsc_tile_kernels;     /* tiles.h */
typedef struct dsc_sparse_kernels dsc_sparse_kernels; /* sparse.h */

typedef struct dsc_kernels {
    const char *name; /* "portable", "avx2", ... */
    const char *help; /* one line for people */
    unsigned isa;     /* instruction set of its loops: the index into the tables of multiversion.h */
    const dsc_vector_kernels *vector;
    const dsc_gemm_kernels *f32;  /* products of reals; of doubles in the checking build */
    const dsc_gemm_kernels *bf16; /* operands rounded to bfloat16 (nearest, ties to even), sums in float */
} dsc_kernels;

/* The set called `name`; NULL if there is no such set or this processor lacks it. "portable" always exists.
 * The set is static and unchecked (choose.h checks). Any thread may call this. */
const dsc_kernels *dsc_kernels_find(const char *name);

/* The sets that this processor supports, "portable" first; NULL after the last. */
const dsc_kernels *dsc_kernels_at(size_t index);

/* The names of all sets in this build, supported here or not; NULL after the last. */
const char *dsc_kernels_name(size_t index);

/* dsc_denormals_flush makes the calling thread flush denormal numbers to zero, because arithmetic on
 * denormals is slow and decaying weights become denormal. Returns the previous mode for
 * dsc_denormals_restore. Has no effect on processors without such a mode. Never inlined: compilers do not
 * know that arithmetic depends on the mode and could move it across the call. */
unsigned dsc_denormals_flush(void);
void dsc_denormals_restore(unsigned before);

#endif
