/* SPDX-License-Identifier: MIT */
/* light.h: how light the ground of a picture is, pixel by pixel: shadows, glare, paper on a table.
 *
 * Ink is thin: what is darker than all around it, and narrower than a quarter of the picture's shorter side,
 * is filled with what lies around it (a grey closing by a square: the largest value near each pixel, then the
 * least of those; Serra, "Image analysis and mathematical morphology", 1982). What is wider stays, with its
 * edges where they are: so the border of a hard shadow is no ink. Light ink on a dark ground is the same the
 * other way round. */
#ifndef DSC_IMAGE_LIGHT_H
#define DSC_IMAGE_LIGHT_H

#include <descender.h>

/* The ground's values at each pixel of `values` (height, width), into `ground`, as long; *dark: ink is darker
 * than it. Fails for want of memory alone. */
dsc_status dsc_light_find(uint8_t *ground, bool *dark, const uint8_t *values, size_t height, size_t width,
                          dsc_error *error);

/* Two classes of values, split where most of the variance lies between them (Otsu, "A threshold selection
 * method from gray-level histograms", 1979): values up to the one returned are the first. *separate: the
 * share of the variance that lies between the classes. */
unsigned dsc_split_greys(double *separate, const size_t counts[256]);

/* The value below which `share` of what is counted lies. */
unsigned dsc_quantile(const size_t counts[256], double share);

#endif
