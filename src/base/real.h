/* SPDX-License-Identifier: MIT */
/* real.h: the number the engine computes with is dsc_real, of descender.h. */
#ifndef DSC_BASE_REAL_H
#define DSC_BASE_REAL_H

#include <descender.h>

#endif
