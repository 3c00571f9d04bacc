/* SPDX-License-Identifier: MIT */
/* quantise.h: from a trained network to one of whole numbers (quantised.h).
 *
 * Batch normalisation goes into the weights before it. Weights are rounded to few levels with a scale for
 * each channel; what images make of them is measured on some training images, and each value gets the scale
 * with which rounding and clipping it to 8 bits cost least. No labels are looked at and nothing is learned
 * here: weights of few levels should have been learned so (a recipe's `quantise`), which the conversion then
 * keeps as they are.
 *
 *   calibrate.c   how large values are        convert.c, products.c   op by op
 *   round.c       levels and scales           quantise.c  the whole */
#ifndef DSC_QUANT_QUANTISE_H
#define DSC_QUANT_QUANTISE_H

#include "data/dataset.h"
#include "quant/quantised.h"

typedef struct dsc_quantise_options {
    int levels;     /* weights are -levels..levels: 127, 7, 3, 1; 0: on which they lie already, or else 127 */
    size_t samples; /* images that are looked at, the first of the data; 0: 1000 */
} dsc_quantise_options;

/* A weight of the quantised model, and what follows it: its bias, and the multipliers and shifts that bring
 * what it makes to 8 or 16 bits. */
typedef struct dsc_quantised_layer {
    const dsc_node *weight; /* of the quantised model */
    size_t weights;
    unsigned bits;     /* that a weight takes: dsc_packed_bits */
    size_t bytes;      /* of the weights, packed: dsc_packed_bytes */
    size_t more_bytes; /* of biases, multipliers and shifts, 4 each */
    double
        clipped; /* share of the values behind it that were brought into 8 bits by clipping; NaN: none are */
} dsc_quantised_layer;

typedef struct dsc_quantised_report {
    size_t weights, bytes, more_bytes; /* totals; more_bytes also those of no layer: the image's, say */
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
