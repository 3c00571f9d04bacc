/* SPDX-License-Identifier: MIT */
/* strokes.h: traits of an image, measured on its pixels, and a model's accuracy on thin, slanted, small or
 * dark images. Stroke traits apply to handwriting, brightness and contrast to other pictures.
 *
 * Ink is a pixel's distance from the background, which is the median of the image's edge; channels are
 * averaged.
 *   thickness   2 ink / edge, in pixels: a long stroke of width w has ink w and edge 2 per pixel of its
 *               length. The edge is the sum of the lengths of the ink's gradients, the mean outline of its
 *               grey levels (coarea formula)
 *   slant       in degrees: the angle from upright of a line fitted to the ink's moments, positive to the
 *               right
 *   size        the share of the image that the ink's bounding box covers; ink is at least half of the
 *               darkest
 *   brightness  mean of the pixels, 255 is 100 percent
 *   contrast    standard deviation of the pixels, in the same percent */
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

/* Whether images of such data are handwriting: they were prepared like MNIST's digits. */
bool report_is_handwriting(const dsc_images *images);
/* Whether the trait applies to such images: the first three to handwriting, the others to other images. */
bool report_trait_applies(size_t trait, const dsc_images *images);

/* Measures all traits; thickness, slant and size are NaN without measurable ink. */
void report_traits_of(double traits[REPORT_TRAITS], const uint8_t *image, const size_t shape[3]);

/* A third of the images by one trait: those with from <= trait < to; the last includes `to`. Images without
 * the trait belong to none. */
enum { REPORT_SLICES = 3 };
typedef struct report_slice {
    double from, to;
    size_t count, correct;
} report_slice;

/* Computes the slices. `crossed` (REPORT_TRAITS, REPORT_SLICES, classes, 2), or NULL: number of images of
 * each class, and of correct answers among them. */
dsc_status report_slice_up(report_slice slices[REPORT_TRAITS][REPORT_SLICES], size_t *crossed,
                           const report_exam *exam, dsc_error *error);

#endif
