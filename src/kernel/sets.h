/* SPDX-License-Identifier: MIT */
/* sets.h: the tables that the files set_*.c end in; for kernel.c alone. */
#ifndef DSC_KERNEL_SETS_H
#define DSC_KERNEL_SETS_H

#include "kernel/gemm.h"
#include "kernel/isa.h"
#include "kernel/vectors.h"

extern const dsc_vector_kernels dsc_vectors_portable;
extern const dsc_gemm_kernels dsc_gemm_f32_portable, dsc_gemm_rounded_portable;
#if DSC_HAVE_X86
extern const dsc_vector_kernels dsc_vectors_avx2, dsc_vectors_avx512;
extern const dsc_gemm_kernels dsc_gemm_f32_avx2, dsc_gemm_rounded_avx2;
extern const dsc_gemm_kernels dsc_gemm_f32_avx512, dsc_gemm_rounded_avx512;
extern const dsc_gemm_kernels dsc_gemm_bf16_avx512; /* set_avx512_bf16.c */
extern const dsc_gemm_kernels dsc_gemm_bf16_amx;    /* set_amx.c */
void dsc_round_row_avx512_bf16(void *words, const dsc_real *reals, size_t count);
void dsc_round_pairs_avx512_bf16(void *words, const dsc_real *low, const dsc_real *high, size_t count);
void dsc_round_panels_avx512_bf16(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                                  ptrdiff_t in_row, size_t pairs, size_t columns);
#endif

#endif
