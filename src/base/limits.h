/* SPDX-License-Identifier: MIT */
/* limits.h: sizes that affect no result.
 *
 * The size of a buffer, of a work item or of a first allocation only affects speed. Written as
 *
 *     enum { CHUNK = DSC_USUALLY(100, 1) };
 *
 * it is 100, and 1 in the hostile build (`make hostile`), so that tests reach the code between two chunks. A
 * size that decides what is accepted, refused or computed must not use this macro. */
#ifndef DSC_BASE_LIMITS_H
#define DSC_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#ifdef DSC_HOSTILE
#define DSC_USUALLY(usual, least) (least)
#else
#define DSC_USUALLY(usual, least) (usual)
#endif

/* A number of bytes or elements as a size_t; SIZE_MAX if a 32-bit size_t cannot hold it. */
#define DSC_SIZE_OF(number) ((size_t)((uint64_t)(number) < SIZE_MAX ? (uint64_t)(number) : SIZE_MAX))

#endif
