/* SPDX-License-Identifier: MIT */
/* plane.h: many numbers for each sample, seen in two: the plane in which the samples are spread the most,
 * which is that of their first two principal components. Pearson (1901), Hotelling (1933). */
#ifndef DSC_MEASURE_PLANE_H
#define DSC_MEASURE_PLANE_H

#include <descender.h>

/* places (count, 2) of rows (count, width): the scores on the two components, the first with the larger
 * variance. share[0], share[1]: what part of the whole variance each holds (0 if there is none). A
 * component's direction is the one in which its largest weight is positive, so that the picture is the same
 * each time. width and count from 1. */
dsc_status dsc_plane_find(double *places, double share[2], const float *rows, size_t count, size_t width,
                          dsc_error *error);

#endif
