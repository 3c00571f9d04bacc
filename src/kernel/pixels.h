/* SPDX-License-Identifier: MIT */
/* pixels.h: converts between planes of reals (channels, pixels) and pixels of bfloat16 (pixels, channels). If
 * both are reals, use dsc_vector_kernels.transpose. The arrays must not overlap. Any thread; never fails. */
#ifndef DSC_KERNEL_PIXELS_H
#define DSC_KERNEL_PIXELS_H

#include "kernel/vectors.h"

void dsc_pixels_to_planes(dsc_real *planes, const uint16_t *pixels, size_t channels, size_t count,
                          const dsc_vector_kernels *vector);

/* Rounds to nearest. */
void dsc_pixels_from_planes(uint16_t *pixels, const dsc_real *planes, size_t channels, size_t count,
                            const dsc_vector_kernels *vector);

#endif
