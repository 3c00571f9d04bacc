/* SPDX-License-Identifier: MIT */
/* plane.h: projects samples with many features to the plane of their first two principal components, in which
 * they have the largest variance. Pearson (1901), Hotelling (1933). */
#ifndef DSC_MEASURE_PLANE_H
#define DSC_MEASURE_PLANE_H

#include <descender.h>

/* Computes places (count, 2), the scores of rows (count, width) on the two components, larger variance first.
 * share[0], share[1]: each component's fraction of the total variance (0 if there is none). A component's
 * sign makes its largest weight positive, so that the result is reproducible. width and count are at least 1.
 * Fails only without memory. */
dsc_status dsc_plane_find(double *places, double share[2], const float *rows, size_t count, size_t width,
                          dsc_error *error);

#endif
