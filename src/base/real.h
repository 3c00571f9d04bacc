/* SPDX-License-Identifier: MIT */
/* real.h: the type the engine computes in. Float, always, in what is installed; the sources are compiled a
 * second time with double into an internal library that serves the gradient checks. */
#ifndef DSC_BASE_REAL_H
#define DSC_BASE_REAL_H

#ifdef DSC_REAL_DOUBLE
typedef double dsc_real;
#else
typedef float dsc_real;
#endif

#endif
