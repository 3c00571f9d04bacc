/* SPDX-License-Identifier: MIT */
/* paired.h: two models that answered the same images, compared image by image. */
#ifndef DSC_MEASURE_PAIRED_H
#define DSC_MEASURE_PAIRED_H

#include <stddef.h>

/* How many images were right for both, for one alone, for none. */
typedef struct dsc_paired {
    size_t both, first, second, none;
} dsc_paired;

/* How likely it is that the images on which one alone is right are divided as unevenly, or more so, if both
 * models err equally often: McNemar's test (1947), exact, two-sided, from the binomial distribution. 1 where
 * there is no such image. */
double dsc_mcnemar(const dsc_paired *paired);

/* The first's share of right answers minus the second's, and its 95 percent interval: Agresti and Min,
 * "Simple improved confidence intervals for comparing matched proportions" (2005), which adds half an image
 * to each of the four counts. */
typedef struct dsc_difference {
    double difference, low, high;
} dsc_difference;
dsc_difference dsc_paired_difference(const dsc_paired *paired);

/* Several tests at once find something by chance: raises each p so that all hold together. Holm, "A simple
 * sequentially rejective multiple test procedure" (1979). NaN stands for no test and stays. */
void dsc_holm(double *p, size_t count);

#endif
