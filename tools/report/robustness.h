/* SPDX-License-Identifier: MIT */
/* robustness.h: how right a model stays when the images are changed, by more and more. */
#ifndef REPORT_ROBUSTNESS_H
#define REPORT_ROBUSTNESS_H

#include "report/exam.h"

/* What is done to the images. Directions alternate from image to image, so that no side is favoured.
 *   rotation   about the centre, to the left and to the right
 *   shift      in eight directions in turn; what leaves the image is lost
 *   noise      an independent normal number is added to every value, 255 being white
 *   blur       by a Gaussian of this sigma; beyond the edge the pixel at the edge goes on
 *   contrast   every value moves towards the image's mean; this share of its distance is left */
typedef enum report_change {
    REPORT_NO_CHANGE,
    REPORT_ROTATION,
    REPORT_SHIFT,
    REPORT_NOISE,
    REPORT_BLUR,
    REPORT_CONTRAST
} report_change;

typedef struct report_trial {
    report_change change;
    const char *name, *unit; /* "rotation", "degrees" */
    double strength;
    size_t count, correct, not_finite; /* answers that are NaN or infinite are wrong */
} report_trial;

enum { REPORT_TRIALS = 21 }; /* the images as they are, then five changes at four strengths */

/* Fills all trials, in order, from `samples` images of the exam's data (0: all), evenly spread. */
dsc_status report_try_all(report_trial trials[REPORT_TRIALS], const report_exam *exam, size_t samples,
                          unsigned threads, const report_watch *watch, dsc_error *error);

/* One image, changed; `number` is its place, from which direction and noise follow. `work` has room for 3
 * images in float and report_change_scratch numbers behind them. */
void report_change_image(uint8_t *out, const uint8_t *image, const size_t shape[3], report_change change,
                         double strength, size_t number, float *work);
size_t report_change_work(const size_t shape[3]); /* numbers in `work` */

#endif
