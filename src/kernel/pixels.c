/* SPDX-License-Identifier: MIT */
/* pixels.c: see pixels.h. Converts blocks of some channels of some pixels through a buffer on the stack. */
#include "kernel/pixels.h"

enum { BLOCK = 2048 }; /* elements of a block */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void dsc_pixels_to_planes(dsc_real *planes, const uint16_t *pixels, size_t channels, size_t count,
                          const dsc_vector_kernels *vector) {
    dsc_real block[BLOCK];
    const size_t wide = smaller(channels, BLOCK / 8), together = wide ? BLOCK / wide : 0;
    for (size_t c = 0; c < channels; c += wide)
        for (size_t p = 0; p < count; p += together) {
            const size_t w = smaller(wide, channels - c), n = smaller(together, count - p);
            for (size_t i = 0; i < n; i++)
                vector->from_bf16(block + i * w, pixels + (p + i) * channels + c, w);
            vector->transpose(planes + c * count + p, (ptrdiff_t)count, block, (ptrdiff_t)w, n, w);
        }
}

void dsc_pixels_from_planes(uint16_t *pixels, const dsc_real *planes, size_t channels, size_t count,
                            const dsc_vector_kernels *vector) {
    dsc_real block[BLOCK];
    const size_t wide = smaller(channels, BLOCK / 8), together = wide ? BLOCK / wide : 0;
    for (size_t c = 0; c < channels; c += wide)
        for (size_t p = 0; p < count; p += together) {
            const size_t w = smaller(wide, channels - c), n = smaller(together, count - p);
            vector->transpose(block, (ptrdiff_t)w, planes + c * count + p, (ptrdiff_t)count, w, n);
            for (size_t i = 0; i < n; i++) vector->to_bf16(pixels + (p + i) * channels + c, block + i * w, w);
        }
}
