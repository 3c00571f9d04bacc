/* SPDX-License-Identifier: MIT */
/* greys.h: counts of greys: their quantiles, and a split into two classes. */
#ifndef DSC_IMAGE_GREYS_H
#define DSC_IMAGE_GREYS_H

#include <stddef.h>

/* Splits values into two classes with the largest variance between them (Otsu, "A threshold selection method
 * from gray-level histograms", 1979). Returns the largest value of the first class. *separate: the share of
 * the variance between the classes. */
unsigned dsc_split_greys(double *separate, const size_t counts[256]);

/* The value below which `share` of the counts lies. */
unsigned dsc_quantile(const size_t counts[256], double share);

#endif
