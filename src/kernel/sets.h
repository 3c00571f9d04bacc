/* SPDX-License-Identifier: MIT */
/* sets.h: the tables that set_*.c define; for these files and kernel.c only. */
#ifndef DSC_KERNEL_SETS_H
#define DSC_KERNEL_SETS_H

#include "kernel/gemm.h"
#include "kernel/isa.h"
#include "kernel/sparse.h"
#include "kernel/tiles.h"
#include "kernel/vectors.h"

/* What set_template.h defines for each instruction set. */
#define DSC_ISA_DECLARE_(suffix, ...)                                                                        \
    extern const dsc_tile_kernels dsc_tiles_##suffix;                                                        \
    extern const dsc_vector_kernels dsc_vectors_##suffix;                                                    \
    extern const dsc_sparse_kernels dsc_sparse_##suffix;                                                     \
    extern const dsc_gemm_kernels dsc_gemm_f32_##suffix, dsc_gemm_rounded_##suffix;
DSC_ISAS(DSC_ISA_DECLARE_, )
#undef DSC_ISA_DECLARE_

#if DSC_ON_X86
extern const dsc_gemm_kernels dsc_gemm_bf16_avx512; /* set_avx512_bf16.c */
extern const dsc_tile_kernels dsc_tiles_bf16_avx512;
extern const dsc_gemm_kernels dsc_gemm_bf16_amx; /* set_amx.c */
void dsc_round_row_avx512_bf16(void *words, const dsc_real *reals, size_t count);
void dsc_round_pairs_avx512_bf16(void *words, const dsc_real *low, const dsc_real *high, size_t count);
void dsc_round_panels_avx512_bf16(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                                  ptrdiff_t in_row, size_t pairs, size_t columns);
bool dsc_has_avx512_bf16(void);
bool dsc_has_amx(void);
#endif

#endif
