/* SPDX-License-Identifier: MIT */
/* paired.h: paired comparison of two models on the same images. */
#ifndef DSC_MEASURE_PAIRED_H
#define DSC_MEASURE_PAIRED_H

#include <stddef.h>

/* Number of images that both, only the first, only the second, or neither model classifies correctly. */
typedef struct dsc_paired {
    size_t both, first, second, none;
} dsc_paired;

/* p-value: the probability of a split of the disagreements at least this uneven if both models had the same
 * error rate. McNemar's test (1947), exact, two-sided, from the binomial distribution. 1 without
 * disagreements. */
double dsc_mcnemar(const dsc_paired *paired);

/* The first model's accuracy minus the second's, and its 95 percent interval: Agresti and Min, "Simple
 * improved confidence intervals for comparing matched proportions" (2005), which adds half an image to each
 * of the four counts. */
typedef struct dsc_difference {
    double difference, low, high;
} dsc_difference;
dsc_difference dsc_paired_difference(const dsc_paired *paired);

/* Corrects p-values of several tests so that all hold together: Holm, "A simple sequentially rejective
 * multiple test procedure" (1979). NaN means no test and stays. */
void dsc_holm(double *p, size_t count);

#endif
