/* SPDX-License-Identifier: MIT */
/* memory.h: allocation that cannot overflow. All results are released with free(). */
#ifndef DSC_BASE_MEMORY_H
#define DSC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define DSC_ALIGNMENT 64 /* a cache line, and the widest vector register */

/* product = a * b; false, and product untouched, if it does not fit. */
bool dsc_multiply(size_t *product, size_t a, size_t b);

/* count * size zeroed bytes, aligned as malloc aligns; NULL if that overflows or memory is short.
 * A count of zero gives a pointer that may be freed, not NULL. */
void *dsc_allocate(size_t count, size_t size);

/* The same, aligned to DSC_ALIGNMENT, not zeroed. */
void *dsc_allocate_aligned(size_t count, size_t size);

/* Grows *array (elements of `size` bytes) so that it holds at least `needed`, at least doubling.
 * False leaves everything as it was. */
bool dsc_grow(void *array, size_t *capacity, size_t needed, size_t size);

#endif
