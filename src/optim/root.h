/* SPDX-License-Identifier: MIT */
/* root.h: the square root of a dsc_real, an instruction that every machine rounds alike. */
#ifndef DSC_OPTIM_ROOT_H
#define DSC_OPTIM_ROOT_H

#include <math.h>

#ifdef DSC_REAL_DOUBLE
#define DSC_SQRT sqrt
#else
#define DSC_SQRT sqrtf
#endif

#endif
