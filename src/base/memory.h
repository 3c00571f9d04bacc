/* SPDX-License-Identifier: MIT */
/* memory.h: overflow-safe allocation. The caller releases all results with free(). Any thread. */
#ifndef DSC_BASE_MEMORY_H
#define DSC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define DSC_ALIGNMENT 64 /* a cache line, and the widest vector register */

/* product = a * b. Returns false, with product unchanged, on overflow. */
bool dsc_multiply(size_t *product, size_t a, size_t b);

/* count * size zeroed bytes with malloc's alignment; NULL on overflow or without memory. A count of zero
 * gives a pointer that may be freed, not NULL. */
void *dsc_allocate(size_t count, size_t size);

/* The same, aligned to DSC_ALIGNMENT and not zeroed. */
void *dsc_allocate_aligned(size_t count, size_t size);

/* Grows *array (elements of `size` bytes) to at least `needed` elements, at least doubling it. Returns false,
 * with everything unchanged, on failure. */
bool dsc_grow(void *array, size_t *capacity, size_t needed, size_t size);

#endif
