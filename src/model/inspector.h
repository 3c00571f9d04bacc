/* SPDX-License-Identifier: MIT */
/* inspector.h: what a network does with one image: what each layer makes of it, and which pixels the error depends on: the gradient of
 * the loss with respect to them. Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks" (2013). */
#ifndef DSC_MODEL_INSPECTOR_H
#define DSC_MODEL_INSPECTOR_H

#include "model/model.h"

typedef struct dsc_inspector dsc_inspector;

/* Keeps a pointer to the model, which must outlive it. `layers`: keeps the values of layers too, of the first DSC_KEPT_MOST - 1. One
 * thread at a time. */
dsc_status dsc_inspector_create(dsc_inspector **inspector, const dsc_model *model, bool layers,
                                dsc_error *error);
void dsc_inspector_free(dsc_inspector *inspector);

/* One image (C, H, W) whose label is, or is taken to be, `label`. */
dsc_status dsc_inspector_run(dsc_inspector *inspector, const uint8_t *image, size_t label, dsc_error *error);

/* Of the last run, good until the next. The saliency is (H, W): the gradient's size, the largest of the channels, scaled so that the
 * most important pixel has 1; all zero where nothing matters. */
const float *dsc_inspector_saliency(const dsc_inspector *inspector);

/* A layer that computes: "conv1", "relu1", ... as in model files, in the order of execution; seen in another shape alone it is none. */
typedef struct dsc_inspected {
    const char *name; /* lives as long as the model */
    dsc_shape shape;
    const dsc_real *values; /* (shape) */
} dsc_inspected;

size_t dsc_inspector_layers(const dsc_inspector *inspector);
dsc_inspected dsc_inspector_layer(const dsc_inspector *inspector, size_t index);

#endif
