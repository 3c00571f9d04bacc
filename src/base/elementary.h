/* SPDX-License-Identifier: MIT */
/* elementary.h: functions of one double with the same bits on every machine, unlike those of the C library.
 * For occasional scalars; arrays use kernel/vectors.h. Any thread. */
#ifndef DSC_BASE_ELEMENTARY_H
#define DSC_BASE_ELEMENTARY_H

#include <stdint.h>

/* Accuracy: about 2 units in the last place. NaN gives NaN. */
double dsc_exp(double x);    /* e^x; overflows to infinity, underflows to 0 */
double dsc_log(double x);    /* natural logarithm; log(0) = -infinity, log(negative) = NaN */
double dsc_cos_pi(double x); /* cos(pi x), exact at multiples of 1/2 */

/* x^n by repeated squaring; at most 2 log2(n) roundings. */
double dsc_power(double x, uint64_t n);

#endif
