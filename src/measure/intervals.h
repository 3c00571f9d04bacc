/* SPDX-License-Identifier: MIT */
/* intervals.h: 95 percent confidence intervals of each class's metrics. */
#ifndef DSC_MEASURE_INTERVALS_H
#define DSC_MEASURE_INTERVALS_H

#include "measure/metrics.h"

/* Lower and upper end; both NaN if the metric is undefined. */
typedef struct dsc_class_intervals {
    double precision[2], recall[2]; /* Wilson: proportions of independent images */
    double f1[2];                   /* percentile bootstrap, because F1 is not a proportion */
} dsc_class_intervals;

enum { DSC_BOOTSTRAP_ROUNDS = 1000, DSC_BOOTSTRAP_MOST = 200000 };

/* Fills `intervals` (classes) and the interval of the mean F1 over classes. Draws the images with replacement
 * DSC_BOOTSTRAP_ROUNDS times: Efron, "Bootstrap methods" (1979). The draws depend only on `seed`. For more
 * than DSC_BOOTSTRAP_MOST images each round draws that many, which makes the intervals wider, not narrower.
 * Fails only without memory. */
dsc_status dsc_metrics_intervals(dsc_class_intervals *intervals, double macro_f1[2],
                                 const dsc_metrics *metrics, uint64_t seed, dsc_error *error);

/* The mean F1 over the classes for which it is defined. */
double dsc_metrics_macro_f1(const dsc_metrics *metrics);

#endif
