/* SPDX-License-Identifier: MIT */
/* real.h: dsc_real, the type the engine computes with; it is defined in descender.h. */
#ifndef DSC_BASE_REAL_H
#define DSC_BASE_REAL_H

#include <descender.h>

/* Files hold little-endian numbers, and most code that reads and writes them copies memory. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Descender runs on little-endian processors only: on this one it would misread its own files"
#endif

#endif
