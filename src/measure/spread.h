/* SPDX-License-Identifier: MIT */
/* spread.h: mean and confidence interval of a few measurements, such as the accuracies of five folds. */
#ifndef DSC_MEASURE_SPREAD_H
#define DSC_MEASURE_SPREAD_H

#include <stddef.h>

typedef struct dsc_spread {
    size_t count;
    double mean;      /* NaN without values */
    double deviation; /* sample standard deviation (divisor count - 1); NaN for fewer than two */
    double low, high; /* 95 percent interval of the mean by Student's t; NaN for fewer than two */
} dsc_spread;

/* Statistics of values[0 .. count); NaN means no measurement and is omitted. */
dsc_spread dsc_spread_of(const double *values, size_t count);

/* The t such that 95 percent of Student's t distribution lie within -t .. t, for `freedom` >= 1 degrees of
 * freedom: 12.706 for 1, 2.776 for 4, 1.96 in the limit. Student, "The probable error of a mean" (1908). */
double dsc_student_95(size_t freedom);

#endif
