/* SPDX-License-Identifier: MIT */
/* limits.h: sizes on which no result depends.
 *
 * The size of a buffer, of a piece of work or of a first allocation is a matter of speed alone. Written as
 *
 *     enum { CHUNK = DSC_USUALLY(100, 1) };
 *
 * it is 100, and 1 in the hostile build (`make hostile`), whose tests so reach what happens between two
 * pieces. A size that decides what is accepted, refused or computed is no such size, and is written as it
 * is. */
#ifndef DSC_BASE_LIMITS_H
#define DSC_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#ifdef DSC_HOSTILE
#define DSC_USUALLY(usual, least) (least)
#else
#define DSC_USUALLY(usual, least) (usual)
#endif

/* A number of bytes or elements as a size_t, or the largest where that has 32 bits and the number more. */
#define DSC_SIZE_OF(number) ((size_t)((uint64_t)(number) < SIZE_MAX ? (uint64_t)(number) : SIZE_MAX))

#endif
