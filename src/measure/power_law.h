/* SPDX-License-Identifier: MIT */
/* power_law.h: fits how the error falls with the number of samples, and extrapolates cautiously. Errors of
 * learning follow error = floor + scale * n^-rate over wide ranges: Hestness et al., "Deep learning scaling
 * is predictable, empirically" (2017). These functions allocate nothing. */
#ifndef DSC_MEASURE_POWER_LAW_H
#define DSC_MEASURE_POWER_LAW_H

#include <stdbool.h>
#include <stddef.h>

/* Three numbers are fitted, so three points would always fit. */
enum { DSC_POWER_LAW_LEAST = 4, DSC_POWER_LAW_MOST = 64 };

typedef struct dsc_power_law {
    double floor, scale; /* not negative */
    double rate;         /* 0.02 to 2 */
} dsc_power_law;

/* Least-squares fit of (fit - error) / error, so that small errors count like large ones. Returns false if
 * there are fewer than DSC_POWER_LAW_LEAST or more than DSC_POWER_LAW_MOST points, if a number is not
 * positive and finite, or if errors do not fall with n, so that there is nothing to extrapolate. */
bool dsc_power_law_fit(dsc_power_law *law, const double *n, const double *error, size_t count);

double dsc_power_law_at(const dsc_power_law *law, double n);

/* The law of all points at `n`, with a range around it. The range has no known probability. It shows the
 * influence of a single point, and how well the law predicted the last point from the others: it covers the
 * laws that omit one point each, and error * r and error / r, where r is the last point's measured error /
 * predicted error. Returns false as above. */
typedef struct dsc_outlook {
    dsc_power_law law;
    double n, error, low, high;
    double foretold; /* the last point's error, predicted from the others */
} dsc_outlook;
bool dsc_power_law_outlook(dsc_outlook *outlook, const double *n, const double *error, size_t count,
                           double at);

#endif
