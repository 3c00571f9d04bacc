/* SPDX-License-Identifier: MIT */
/* power_law.h: how an error falls with the number of samples, and a careful look a little further.
 * Errors of learning follow error = floor + scale * n^-rate over wide ranges: Hestness et al., "Deep learning
 * scaling is predictable, empirically" (2017). */
#ifndef DSC_MEASURE_POWER_LAW_H
#define DSC_MEASURE_POWER_LAW_H

#include <stdbool.h>
#include <stddef.h>

/* Three numbers are fitted, so that three points would always fit. */
enum { DSC_POWER_LAW_LEAST = 4, DSC_POWER_LAW_MOST = 64 };

typedef struct dsc_power_law {
    double floor, scale; /* not negative */
    double rate;         /* 0.02 to 2 */
} dsc_power_law;

/* Fits by the least squares of (fit - error) / error, so that small errors count like large ones. False:
 * fewer than DSC_POWER_LAW_LEAST points, more than DSC_POWER_LAW_MOST, a number that is not above 0 and
 * finite, or errors that do not fall with n: there is nothing to extrapolate then. */
bool dsc_power_law_fit(dsc_power_law *law, const double *n, const double *error, size_t count);

double dsc_power_law_at(const dsc_power_law *law, double n);

/* The law of all points at `n`, and a range around it. The range has no known probability. It shows what a
 * single point may change, and how well the law has foretold the last point from those before: it spans the
 * laws that leave out one point each, and error * r and error / r, where r is the last point's error as
 * measured / as foretold. False as above. */
typedef struct dsc_outlook {
    dsc_power_law law;
    double n, error, low, high;
    double foretold; /* the error at the last point, by the others */
} dsc_outlook;
bool dsc_power_law_outlook(dsc_outlook *outlook, const double *n, const double *error, size_t count,
                           double at);

#endif
