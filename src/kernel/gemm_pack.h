/* SPDX-License-Identifier: MIT */
/* gemm_pack.h: memory layout of packed operands.
 *
 * A: rows one after another, with contiguous depth. The micro-kernel broadcasts single words of A, so this
 * layout is as fast as any other, and a patch or an image is packed by copying runs. B: panels of `width`
 * columns; a panel holds, for each word of depth, `width` adjacent words: one vector. */
#ifndef DSC_KERNEL_GEMM_PACK_H
#define DSC_KERNEL_GEMM_PACK_H

#include "kernel/gemm.h"

/* Bytes of a packed row of A and of a panel of B with `depth` elements, padded to whole words. Panels get
 * extra padding so that neighbours do not start at the same offset in a page: they would compete for the same
 * few lines of the first-level cache. Products that skip zeros read up to 14 panels side by side and then
 * take up to three times as long. */
size_t dsc_gemm_row_bytes(const dsc_gemm_kernels *kernels, size_t depth);
size_t dsc_gemm_panel_bytes(const dsc_gemm_kernels *kernels, size_t depth);

/* Packs rows; `stride` is in words. Padding rows up to row_multiple are left
 * uninitialised; their results are discarded. */
void dsc_gemm_pack_rows(dsc_real *words, const dsc_gemm_kernels *kernels, const dsc_packer *packer,
                        size_t stride, size_t row, size_t rows, size_t depth, size_t depths);

/* Whether A is faster to pack across its rows, as one panel: word (i, k) at k * width + i. */
bool dsc_gemm_across(const dsc_gemm_kernels *kernels, const dsc_packer *packer);

/* Packs panels of `width` columns, `panel` words apart. Missing columns and depth become zeros. A panel wider
 * than the kernels' width must be the only one. */
void dsc_gemm_pack_panels(dsc_real *words, size_t width, size_t panel, const dsc_gemm_kernels *kernels,
                          const dsc_packer *packer, size_t column, size_t columns, size_t depth,
                          size_t depths);

#endif
