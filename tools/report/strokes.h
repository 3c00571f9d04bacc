/* SPDX-License-Identifier: MIT */
/* strokes.h: how an image was drawn, measured on its pixels: and how right a model is on the thin, the
 * slanted, the small.
 *
 * Ink is how far a pixel is from the background, which is the median of the image's edge; channels are
 * averaged.
 *   thickness   2 ink / edge, in pixels: a long stroke of width w has ink w and edge 2 for each pixel of its length. The edge
 *               is the sum of the lengths of the ink's gradients, the mean outline of its grey levels (the coarea formula)
 *   slant       in degrees: by how much a line fitted to the ink by its moments leans from upright, to the right positive
 *   size        the share of the image that the box around the ink covers, half of the darkest ink counting as ink */
#ifndef REPORT_STROKES_H
#define REPORT_STROKES_H

#include "report/exam.h"

typedef enum report_trait { REPORT_THICKNESS, REPORT_SLANT, REPORT_SIZE, REPORT_TRAITS } report_trait;
extern const char *const report_trait_names[REPORT_TRAITS]; /* "stroke thickness" */
extern const char *const report_trait_units[REPORT_TRAITS]; /* "pixels", "degrees", "percent of the image" */

/* NaN where an image has no ink to be measured. */
void report_traits_of(double traits[REPORT_TRAITS], const uint8_t *image, const size_t shape[3]);

/* A third of the images by one trait: those with from <= trait < to; the last one's `to` is included. Images
 * without the trait are in none. */
enum { REPORT_SLICES = 3 };
typedef struct report_slice {
    double from, to;
    size_t count, correct;
} report_slice;

/* `crossed` (REPORT_TRAITS, REPORT_SLICES, classes, 2), or NULL: how many images of each class there are,
 * and how many of them are right. */
dsc_status report_slice_up(report_slice slices[REPORT_TRAITS][REPORT_SLICES], size_t *crossed,
                           const report_exam *exam, dsc_error *error);

#endif
