/* SPDX-License-Identifier: MIT */
/* calibrate.h: how large the values of a graph are, measured on images. */
#ifndef DSC_QUANT_CALIBRATE_H
#define DSC_QUANT_CALIBRATE_H

#include "data/dataset.h"
#include "graph/fold.h"
#include "model/model.h"

/* What is known of the numbers of one node. */
typedef struct dsc_value_range {
    double low, high; /* the least and the largest */
    double bound;     /* |numbers| are clipped to it: costs least, in squared errors, in 8 bits */
    double clipped;   /* the share of them that this changes */
} dsc_value_range;

/* Of each node of the folded graph, by its index; zeros for what has no values of samples. Runs `count`
 * images of `data`, the first. DIVERGED: a value is not finite. */
dsc_status dsc_calibrate(dsc_value_range *ranges, const dsc_folded *folded, dsc_real *values,
                         const dsc_model *model, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
