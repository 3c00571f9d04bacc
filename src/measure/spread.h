/* SPDX-License-Identifier: MIT */
/* spread.h: a few measurements of one thing, such as the accuracies of five folds: their mean, and how well
 * so few of them know it. */
#ifndef DSC_MEASURE_SPREAD_H
#define DSC_MEASURE_SPREAD_H

#include <stddef.h>

typedef struct dsc_spread {
    size_t count;
    double mean;      /* NaN of none */
    double deviation; /* standard deviation of a sample, with count - 1 below; NaN of fewer than two */
    double low, high; /* the mean's 95 percent interval by Student's t; NaN of fewer than two */
} dsc_spread;

/* Of values[0 .. count); those that are NaN stand for no measurement and are left out. */
dsc_spread dsc_spread_of(const double *values, size_t count);

/* What 95 percent of Student's t distribution with so many degrees of freedom, 1 or more, lie within: 12.706
 * of one, 2.776 of four, 1.96 of very many. Student, "The probable error of a mean" (1908). */
double dsc_student_95(size_t freedom);

#endif
