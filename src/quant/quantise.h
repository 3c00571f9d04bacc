/* SPDX-License-Identifier: MIT */
/* quantise.h: converts a trained network to an integer network (quantised.h).
 *
 * Batch normalisation is folded into the weights before it. Weights are rounded to few levels with a scale
 * for each channel. Values are measured on training images; each is clipped at the bound with the smallest
 * squared error of rounding plus clipping to 8 bits. The conversion uses no labels and trains nothing: to
 * train weights with few levels, set `quantise` in a recipe; the conversion then keeps those levels.
 *
 *   calibrate.c   ranges of values            convert.c, products.c   each op
 *   round.c       levels and scales           quantise.c  the whole conversion */
#ifndef DSC_QUANT_QUANTISE_H
#define DSC_QUANT_QUANTISE_H

#include "data/dataset.h"
#include "quant/quantised.h"

typedef struct dsc_quantise_options {
    int levels;     /* weights are -levels..levels: 127, 7, 3 or 1; 0: the fewest levels that hold the weights
                 * exactly, otherwise 127 */
    size_t samples; /* measure values on this many images from the start of the data; 0: 1000 */
} dsc_quantise_options;

/* A weight of the quantised model, and the numbers that belong to it: its bias, and the multipliers and
 * shifts that requantise its result to 8 or 16 bits. */
typedef struct dsc_quantised_layer {
    const dsc_node *weight; /* of the quantised model */
    size_t weights;
    unsigned bits;     /* per weight: dsc_packed_bits */
    size_t bytes;      /* of the packed weights: dsc_packed_bytes */
    size_t more_bytes; /* of biases, multipliers and shifts, 4 bytes each */
    double clipped;    /* fraction of its outputs clipped to 8 bits; NaN: not reduced to 8 bits */
} dsc_quantised_layer;

typedef struct dsc_quantised_report {
    size_t weights, bytes, more_bytes; /* totals over all layers; more_bytes includes the image's own */
    dsc_quantised_layer *layers;       /* (count) */
    size_t count, capacity;
} dsc_quantised_report;

void dsc_quantised_report_clear(dsc_quantised_report *report);

/* Creates *quantised from `model`, whose images `data` holds; neither changes. The caller frees *quantised.
 * `report` may be NULL; otherwise it is filled and must be cleared, also after a failure.
 * DSC_ERROR_UNSUPPORTED: an op has no integer form (the message names it), or the model is already quantised.
 * DSC_ERROR_MISMATCH: the data has other images. */
dsc_status dsc_quantise(dsc_model **quantised, dsc_quantised_report *report, const dsc_model *model,
                        const dsc_dataset *data, const dsc_quantise_options *options, dsc_error *error);

#endif
