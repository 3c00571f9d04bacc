/* SPDX-License-Identifier: MIT */
/* inspector.h: what a network does with one image: what each layer makes of it, and which pixels its answer
 * went by: integrated gradients. Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks"
 * (2017), section 3:
 *
 *   a_i = (x_i - x'_i) * the mean of dF/dx_i over the line from x' to x
 *
 * F is minus the loss for a label: with softmax and cross-entropy, the logarithm of the label's probability.
 * x' is the empty image, all of the model's ground. The a_i add up to F(x) - F(x') (section 3, completeness),
 * up to the error of taking the mean by Gauss and Legendre's rule of eight points. A pixel that is as it is
 * in x' has none; and the attribution does not vanish where the network is sure, as the gradient at x alone
 * does. */
#ifndef DSC_MODEL_INSPECTOR_H
#define DSC_MODEL_INSPECTOR_H

#include "model/model.h"

typedef struct dsc_inspector dsc_inspector;

/* Keeps a pointer to the model, which must outlive it. `layers`: keeps the values of layers too, of the first
 * DSC_KEPT_MOST - 1. One thread at a time. */
dsc_status dsc_inspector_create(dsc_inspector **inspector, const dsc_model *model, bool layers,
                                dsc_error *error);
void dsc_inspector_free(dsc_inspector *inspector);

/* One image (C, H, W), and a label whose answer is to be explained. */
dsc_status dsc_inspector_run(dsc_inspector *inspector, const uint8_t *image, size_t label, dsc_error *error);

/* Of the last run, (H, W), good until the next: the attribution, summed over channels; above 0 a pixel speaks
 * for the label, below 0 against it. What is not finite counts as 0. */
const float *dsc_inspector_attribution(const dsc_inspector *inspector);

/* The same from -1 to 1, to be shown: divided by the largest size; but where that is small, so that nothing
 * spoke much, by a fixed one (DSC_INSPECTOR_PALE / pixels), so that the picture stays pale. */
#define DSC_INSPECTOR_PALE 10.0
const float *dsc_inspector_shares(const dsc_inspector *inspector);

/* A layer that computes: "conv1", "relu1", ... as in model files, in the order of execution; seen in another
 * shape alone it is none. */
typedef struct dsc_inspected {
    const char *name; /* lives as long as the model */
    dsc_shape shape;
    const dsc_real *values; /* (shape) */
} dsc_inspected;

size_t dsc_inspector_layers(const dsc_inspector *inspector);
dsc_inspected dsc_inspector_layer(const dsc_inspector *inspector, size_t index);

/* The first weights that see the image: (K, C, R, S) of a convolution, or (K, pixels) of a dense layer. NULL:
 * the first weights are neither. */
const dsc_node *dsc_model_first_weights(const dsc_model *model);

#endif
