/* SPDX-License-Identifier: MIT */
/* saliency.h: which pixels of an image an error depends on: the gradient of the loss with respect to them. Simonyan, Vedaldi
 * and Zisserman, "Deep inside convolutional networks" (2013). */
#ifndef REPORT_SALIENCY_H
#define REPORT_SALIENCY_H

#include "model/model.h"

typedef struct report_saliency report_saliency;

/* Keeps a pointer to the model, which must outlive it. */
dsc_status report_saliency_create(report_saliency **saliency, const dsc_model *model, dsc_error *error);
void report_saliency_free(report_saliency *saliency);

/* out (H, W) of one image (C, H, W) whose label is `label`: the gradient's size, the largest of the channels, scaled so that the
 * most important pixel has 1; all zero where nothing matters. */
dsc_status report_saliency_run(float *out, report_saliency *saliency, const uint8_t *image, size_t label,
                               dsc_error *error);

#endif
