/* SPDX-License-Identifier: MIT */
/* robustness.h: a model's accuracy on increasingly distorted images. */
#ifndef REPORT_ROBUSTNESS_H
#define REPORT_ROBUSTNESS_H

#include "report/exam.h"

/* The change applied to the images. Directions alternate between images, so that no side is favoured.
 *   rotation   about the centre, to the left and to the right
 *   shift      in eight directions in turn; pixels that leave the image are lost
 *   noise      adds an independent normal number to every value; 255 is white
 *   blur       Gaussian with this sigma; the edge pixel continues beyond the edge
 *   contrast   moves every value towards the image's mean; this share of its distance remains */
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
    size_t count, correct, not_finite; /* NaN and infinite answers count as wrong */
} report_trial;

enum { REPORT_TRIALS = 21 }; /* the unchanged images, then five changes at four strengths */

/* Fills all trials, in order, from `samples` images of the exam's data (0: all), evenly spaced. */
dsc_status report_try_all(report_trial trials[REPORT_TRIALS], const report_exam *exam, size_t samples,
                          unsigned threads, const report_watch *watch, dsc_error *error);

/* Changes one image; `number` is its index, which determines direction and noise. `work` has
 * report_change_work numbers. */
void report_change_image(uint8_t *out, const uint8_t *image, const size_t shape[3], report_change change,
                         double strength, size_t number, float *work);
size_t report_change_work(const size_t shape[3]); /* size of `work` */

#endif
