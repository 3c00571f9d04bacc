/* SPDX-License-Identifier: MIT */
/* strokes.h: what an image is like, measured on its pixels: and how right a model is on the thin, the
 * slanted, the small, the dark. How it was drawn is told of handwriting; of other pictures, how light it is.
 *
 * Ink is how far a pixel is from the background, which is the median of the image's edge; channels are
 * averaged.
 *   thickness   2 ink / edge, in pixels: a long stroke of width w has ink w and edge 2 for each pixel of its
 *               length. The edge is the sum of the lengths of the ink's gradients, the mean outline of its
 *               grey levels (the coarea formula)
 *   slant       in degrees: by how much a line fitted to the ink by its moments leans from upright, to the
 *               right positive
 *   size        the share of the image that the box around the ink covers, half of the darkest ink counting
 *               as ink
 *   brightness  the mean of the pixels, 255 being 100 percent
 *   contrast    their deviation from it, in the same percent */
#ifndef REPORT_STROKES_H
#define REPORT_STROKES_H

#include "report/exam.h"

typedef enum report_trait {
    REPORT_THICKNESS,
    REPORT_SLANT,
    REPORT_SIZE,
    REPORT_BRIGHTNESS,
    REPORT_CONTRAST_OF_PIXELS,
    REPORT_TRAITS
} report_trait;
extern const char *const report_trait_names[REPORT_TRAITS]; /* "stroke thickness" */
extern const char *const report_trait_units[REPORT_TRAITS]; /* "pixels", "degrees", "percent of the image" */

/* Whether images of such data are of handwriting: they were prepared as MNIST's digits are. */
bool report_is_handwriting(const dsc_images *images);
/* Whether the trait says something of such images: the first three of handwriting, the others of the rest. */
bool report_trait_applies(size_t trait, const dsc_images *images);

/* Of thickness, slant and size NaN where an image has no ink to be measured. */
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
