/* SPDX-License-Identifier: MIT */
/* quantise.h: from a trained network to one of whole numbers (quantised.h).
 *
 * Batch normalisation goes into the weights before it. Weights are rounded to few levels with a scale for
 * each channel. Values are measured on some training images; each is clipped at the bound with the smallest
 * squared error of rounding plus clipping to 8 bits. The conversion uses no labels and learns nothing: train
 * weights of few levels with a recipe's `quantise`; the conversion then keeps their levels.
 *
 *   calibrate.c   how large values are        convert.c, products.c   op by op
 *   round.c       levels and scales           quantise.c  the whole */
#ifndef DSC_QUANT_QUANTISE_H
#define DSC_QUANT_QUANTISE_H

#include "data/dataset.h"
#include "quant/quantised.h"

typedef struct dsc_quantise_options {
    int levels; /* weights are -levels..levels: 127, 7, 3 or 1; 0: the fewest levels that hold the weights as
                 * they are, else 127 */
    size_t samples; /* measure values on so many images, the first of the data; 0: 1000 */
} dsc_quantise_options;

/* A weight of the quantised model, and what follows it: its bias, and the multipliers and shifts that bring
 * what it makes to 8 or 16 bits. */
typedef struct dsc_quantised_layer {
    const dsc_node *weight; /* of the quantised model */
    size_t weights;
    unsigned bits;     /* that a weight takes: dsc_packed_bits */
    size_t bytes;      /* of the weights, packed: dsc_packed_bytes */
    size_t more_bytes; /* of biases, multipliers and shifts, 4 each */
    double clipped;    /* the share of its outputs that 8 bits clip; NaN: they are not brought to 8 bits */
} dsc_quantised_layer;

typedef struct dsc_quantised_report {
    size_t weights, bytes, more_bytes; /* totals over all layers; more_bytes includes the image's own */
    dsc_quantised_layer *layers;       /* (count) */
    size_t count, capacity;
} dsc_quantised_report;

void dsc_quantised_report_clear(dsc_quantised_report *report);

/* Makes *quantised of `model`, whose images `data` has; both stay as they are. `report` may be NULL;
 * otherwise it is filled, and to be cleared also after a failure.
 * UNSUPPORTED: an op that has no whole numbers, which the message names; or it is quantised already.
 * MISMATCH: other images. */
dsc_status dsc_quantise(dsc_model **quantised, dsc_quantised_report *report, const dsc_model *model,
                        const dsc_dataset *data, const dsc_quantise_options *options, dsc_error *error);

#endif
