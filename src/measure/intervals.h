/* SPDX-License-Identifier: MIT */
/* intervals.h: how sure one can be of the metrics of each class, given how many images there were. All
 * intervals are of 95 percent. */
#ifndef DSC_MEASURE_INTERVALS_H
#define DSC_MEASURE_INTERVALS_H

#include "measure/metrics.h"

/* Lower and upper end; both NaN where there is nothing to divide by. */
typedef struct dsc_class_intervals {
    double precision[2], recall[2]; /* Wilson's: shares of independent images */
    double f1[2];                   /* percentile bootstrap, since F1 is no share of anything */
} dsc_class_intervals;

enum { DSC_BOOTSTRAP_ROUNDS = 1000, DSC_BOOTSTRAP_MOST = 200000 };

/* `intervals` (classes), and the interval of the mean of the classes' F1. The images are drawn anew, with
 * replacement, DSC_BOOTSTRAP_ROUNDS times: Efron, "Bootstrap methods" (1979). The draws follow from `seed`
 * alone. Of more than DSC_BOOTSTRAP_MOST images that many are drawn, which makes the intervals wider, not
 * narrower. */
dsc_status dsc_metrics_intervals(dsc_class_intervals *intervals, double macro_f1[2],
                                 const dsc_metrics *metrics, uint64_t seed, dsc_error *error);

/* The mean F1 of the classes that have one. */
double dsc_metrics_macro_f1(const dsc_metrics *metrics);

#endif
