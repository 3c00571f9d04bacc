/* SPDX-License-Identifier: MIT */
/* memory.c: overflow-safe allocation. */
#include "base/memory.h"

#include "base/limits.h"
#include "base/thresholds.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h> /* MADV_HUGEPAGE, not available on all systems */
#endif

enum { HUGE_PAGE = 1 << 21 };

/* FIRST: initial number of elements of an array. Up to EXACT_UP_TO elements it grows only as needed. */
enum { FIRST = DSC_USUALLY(8, 1), EXACT_UP_TO = DSC_USUALLY(0, 4096) };

bool dsc_multiply(size_t *product, size_t a, size_t b) {
    if (b && a > SIZE_MAX / b) return false;
    *product = a * b;
    return true;
}

void *dsc_allocate(size_t count, size_t size) { return count && size ? calloc(count, size) : calloc(1, 1); }

void *dsc_allocate_aligned(size_t count, size_t size) {
    size_t bytes;
    if (!dsc_multiply(&bytes, count, size) || bytes > SIZE_MAX - DSC_ALIGNMENT) return NULL;
    size_t alignment = bytes >= DSC_HUGE_PAGES_FROM ? HUGE_PAGE : DSC_ALIGNMENT;
    if (bytes > SIZE_MAX - alignment) return NULL;
    bytes = (bytes + alignment - 1) / alignment * alignment;
    void *block = aligned_alloc(alignment, bytes ? bytes : alignment);
#ifdef MADV_HUGEPAGE
    if (block && alignment == HUGE_PAGE) (void)madvise(block, bytes, MADV_HUGEPAGE); /* only a hint */
#endif
    return block;
}

bool dsc_grow(void *array, size_t *capacity, size_t needed, size_t size) {
    if (needed <= *capacity) return true;
    size_t wanted = needed < FIRST ? FIRST : needed;
    if (wanted > EXACT_UP_TO && *capacity < SIZE_MAX / 2 && *capacity * 2 > wanted) wanted = *capacity * 2;
    size_t bytes;
    if (!dsc_multiply(&bytes, wanted, size)) return false;
    void *old;
    memcpy(&old, array, sizeof old); /* `array` is the address of a pointer of any type */
    void *grown = realloc(old, bytes);
    if (!grown) return false;
    memcpy(array, &grown, sizeof grown);
    *capacity = wanted;
    return true; /* cppcheck-suppress memleak; the copied pointer owns it */
}
