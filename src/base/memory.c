/* SPDX-License-Identifier: MIT */
/* memory.c: allocation that cannot overflow. */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool dsc_multiply(size_t *product, size_t a, size_t b) {
    if (b && a > SIZE_MAX / b) return false;
    *product = a * b;
    return true;
}

void *dsc_allocate(size_t count, size_t size) { return count && size ? calloc(count, size) : calloc(1, 1); }

void *dsc_allocate_aligned(size_t count, size_t size) {
    size_t bytes;
    if (!dsc_multiply(&bytes, count, size) || bytes > SIZE_MAX - DSC_ALIGNMENT) return NULL;
    bytes = (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    return aligned_alloc(DSC_ALIGNMENT, bytes ? bytes : DSC_ALIGNMENT);
}

bool dsc_grow(void *array, size_t *capacity, size_t needed, size_t size) {
    if (needed <= *capacity) return true;
    size_t wanted = *capacity < SIZE_MAX / 2 && *capacity * 2 > needed ? *capacity * 2 : needed;
    if (wanted < 8) wanted = 8;
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
