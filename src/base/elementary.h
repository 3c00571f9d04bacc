/* SPDX-License-Identifier: MIT */
/* elementary.h: a few functions of one double whose bits are the same on every machine, as the C library's
 * are not. For where one number is needed now and then; arrays have kernel/vectors.h. */
#ifndef DSC_BASE_ELEMENTARY_H
#define DSC_BASE_ELEMENTARY_H

#include <stdint.h>

/* All are within about 2 units in the last place. NaN gives NaN. */
double dsc_exp(double x);    /* e^x; overflows to infinity, underflows to 0 */
double dsc_log(double x);    /* the natural logarithm; log(0) = -infinity, of a negative number NaN */
double dsc_cos_pi(double x); /* cos(pi x), exact at multiples of 1/2 */

/* x^n by repeated squaring: at most 2 log2(n) roundings. */
double dsc_power(double x, uint64_t n);

#endif
