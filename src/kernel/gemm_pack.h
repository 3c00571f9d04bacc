/* SPDX-License-Identifier: MIT */
/* gemm_pack.h: how packed operands lie in memory.
 *
 * A: rows, one after another, depth running along them. The micro-kernel broadcasts its words, so it reads
 * them as well there as anywhere, and a patch or an image is packed by copying runs. B: panels of `width`
 * columns; in a panel, for each word of depth, `width` words side by side: a vector. */
#ifndef DSC_KERNEL_GEMM_PACK_H
#define DSC_KERNEL_GEMM_PACK_H

#include "kernel/gemm.h"

/* Bytes of a packed row of A, a panel of B, of `depth` elements: filled up to whole words, and so that
 * neighbours do not begin at the same place of a page, where all of them would want the same few lines of
 * the first-level cache: products that leave zeros out read up to 14 panels side by side, which then takes
 * up to three times as long. */
size_t dsc_gemm_row_bytes(const dsc_gemm_kernels *kernels, size_t depth);
size_t dsc_gemm_panel_bytes(const dsc_gemm_kernels *kernels, size_t depth);

/* Packs rows; `stride` is in words. Padding rows up to row_multiple are left
 * uninitialised; their results are discarded. */
void dsc_gemm_pack_rows(dsc_real *words, const dsc_gemm_kernels *kernels, const dsc_packer *packer,
                        size_t stride, size_t row, size_t rows, size_t depth, size_t depths);

/* Whether A is better packed across its rows, as one panel: word (i, k) at k * width + i. */
bool dsc_gemm_across(const dsc_gemm_kernels *kernels, const dsc_packer *packer);

/* Packs panels of `width` columns, `panel` words from one to the next; missing columns and depth become
 * zeros. A panel wider than the kernels' is one alone. */
void dsc_gemm_pack_panels(dsc_real *words, size_t width, size_t panel, const dsc_gemm_kernels *kernels,
                          const dsc_packer *packer, size_t column, size_t columns, size_t depth,
                          size_t depths);

#endif
