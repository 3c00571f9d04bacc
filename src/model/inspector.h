/* SPDX-License-Identifier: MIT */
/* inspector.h: explains a network's answer to one image: the output of each layer, and the pixels that
 * contributed, by integrated gradients. Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks"
 * (2017), section 3:
 *
 *   a_i = (x_i - x'_i) * the mean of dF/dx_i over the line from x' to x
 *
 * F is minus the loss for a label: with softmax and cross-entropy, the logarithm of the label's probability.
 * x' is the empty image, which has the model's ground everywhere. The a_i add up to F(x) - F(x') (section 3,
 * completeness), up to the error of the mean, which uses Gauss-Legendre quadrature with eight points. A pixel
 * equal to that of x' has attribution 0. Unlike the gradient at x alone, the attribution does not vanish
 * where the network is confident. */
#ifndef DSC_MODEL_INSPECTOR_H
#define DSC_MODEL_INSPECTOR_H

#include "model/model.h"

typedef struct dsc_inspector dsc_inspector;

/* The model must outlive the inspector. `layers`: also keep the values of the first DSC_KEPT_MOST - 1 layers.
 * One thread at a time. */
dsc_status dsc_inspector_create(dsc_inspector **inspector, const dsc_model *model, bool layers,
                                dsc_error *error);
void dsc_inspector_free(dsc_inspector *inspector);

/* Runs one image (C, H, W); `label` is the class whose answer is explained. */
dsc_status dsc_inspector_run(dsc_inspector *inspector, const uint8_t *image, size_t label, dsc_error *error);

/* The attribution of the last run, (H, W), summed over channels, valid until the next run. Positive: the
 * pixel supports the label; negative: it opposes it. Values that are not finite count as 0. */
const float *dsc_inspector_attribution(const dsc_inspector *inspector);

/* The attribution scaled to -1 .. 1 for display: divided by the largest magnitude, or, if that is small, by a
 * fixed value (DSC_INSPECTOR_PALE / pixels), so that a picture without strong attributions stays pale. */
#define DSC_INSPECTOR_PALE 10.0
const float *dsc_inspector_shares(const dsc_inspector *inspector);

/* A layer that computes: "conv1", "relu1", ... as in model files, in order of execution; views are
 * omitted. */
typedef struct dsc_inspected {
    const char *name; /* lives as long as the model */
    dsc_shape shape;
    const dsc_real *values; /* (shape), valid until the next run */
} dsc_inspected;

size_t dsc_inspector_layers(const dsc_inspector *inspector);
dsc_inspected dsc_inspector_layer(const dsc_inspector *inspector, size_t index);

/* The weights of the first layer: (K, C, R, S) of a convolution, or (K, pixels) of a dense layer. NULL: the
 * first layer is neither. */
const dsc_node *dsc_model_first_weights(const dsc_model *model);

#endif
