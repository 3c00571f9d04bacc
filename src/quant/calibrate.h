/* SPDX-License-Identifier: MIT */
/* calibrate.h: measures the ranges of a graph's values on images. */
#ifndef DSC_QUANT_CALIBRATE_H
#define DSC_QUANT_CALIBRATE_H

#include "data/dataset.h"
#include "graph/fold.h"
#include "model/model.h"

/* The range of the numbers of one node. */
typedef struct dsc_value_range {
    double low, high; /* minimum and maximum */
    double bound;     /* clipping bound on |number| with the smallest squared error in 8 bits */
    double clipped;   /* fraction of the numbers that are clipped */
} dsc_value_range;

/* Fills ranges[index] for each node of the folded graph; zeros for nodes without sample values. Runs the
 * first `count` images of `data`. DSC_ERROR_DIVERGED: a value is not finite. Also fails without memory. */
dsc_status dsc_calibrate(dsc_value_range *ranges, const dsc_folded *folded, dsc_real *values,
                         const dsc_model *model, const dsc_dataset *data, size_t count, dsc_error *error);

#endif
