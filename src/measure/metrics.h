/* SPDX-License-Identifier: MIT */
/* metrics.h: metrics of a classifier. Sums are integers, or doubles added in sample order, so they do not
 * depend on threads. One thread at a time per dsc_metrics. */
#ifndef DSC_MEASURE_METRICS_H
#define DSC_MEASURE_METRICS_H

#include <descender.h>

enum { DSC_CALIBRATION_BINS = 15, DSC_TOP_MOST = 5 };

typedef struct dsc_metrics {
    size_t classes, count;
    size_t not_finite;        /* answers with a NaN or infinity: they count as wrong */
    double loss;              /* sum over the other samples */
    size_t top[DSC_TOP_MOST]; /* top[k]: samples whose label is among the k + 1 most probable classes */
    size_t *confusion;        /* (classes, classes): [label][prediction], of finite answers */
    size_t *no_answer;        /* (classes): not finite answers by label; stored after the confusion */
    size_t bin_count[DSC_CALIBRATION_BINS], bin_correct[DSC_CALIBRATION_BINS];
    double bin_confidence[DSC_CALIBRATION_BINS]; /* sums */
} dsc_metrics;

dsc_status dsc_metrics_initialise(dsc_metrics *metrics, size_t classes, dsc_error *error);
void dsc_metrics_clear(dsc_metrics *metrics);

/* Removes all samples. */
void dsc_metrics_reset(dsc_metrics *metrics);

/* Adds one sample: its probabilities (classes), label and loss. Returns the most probable class, the first of
 * equals; or `classes`, which means none, if one of these numbers is NaN or infinite. */
size_t dsc_metrics_add(dsc_metrics *metrics, const float *probabilities, size_t label, double loss);

double dsc_metrics_accuracy(const dsc_metrics *metrics);
/* The mean loss; infinite if an answer was not finite, so that such a model never wins a comparison; NaN
 * without samples. */
double dsc_metrics_loss(const dsc_metrics *metrics);
/* The 95 percent interval of the proportion `hits` / `count`: Wilson's score interval (1927); 0 to 1 if count
 * is 0. */
void dsc_wilson_interval(double interval[2], size_t hits, size_t count);
/* Precision, recall and F1 of one class; NaN if undefined. */
typedef struct dsc_class_metrics {
    size_t support;
    double precision, recall, f1;
} dsc_class_metrics;
dsc_class_metrics dsc_metrics_of_class(const dsc_metrics *metrics, size_t label);
/* Expected calibration error: the mean distance between confidence and accuracy over bins of equal width,
 * weighted by their samples. Naeini et al. (2015), Guo et al. (2017). Omits answers that are not finite; NaN
 * if there are no others. */
double dsc_metrics_calibration_error(const dsc_metrics *metrics);

#endif
