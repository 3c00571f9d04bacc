/* SPDX-License-Identifier: MIT */
/* root.h: the square root of a dsc_real: one instruction, correctly rounded on every machine. */
#ifndef DSC_OPTIM_ROOT_H
#define DSC_OPTIM_ROOT_H

#include <math.h>

#ifdef DSC_REAL_DOUBLE
#define DSC_SQRT sqrt
#else
#define DSC_SQRT sqrtf
#endif

#endif
