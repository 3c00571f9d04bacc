/* SPDX-License-Identifier: MIT */
/* hidden.h: the features that a network computes before its decision: the input of its last layer with
 * weights. */
#ifndef DSC_MEASURE_HIDDEN_H
#define DSC_MEASURE_HIDDEN_H

#include "data/dataset.h"
#include "model/model.h"

/* The input of the last layer with weights; NULL if that is the image itself, so that there is no hidden
 * value. */
const dsc_node *dsc_model_hidden(const dsc_model *model);

/* Computes rows (count, width) for samples index[0 .. count) of `data`, in a new array that the caller frees;
 * `node` comes from dsc_model_hidden. Fails for data that do not fit the model. DSC_ERROR_DIVERGED: a value
 * is not finite. */
dsc_status dsc_hidden_values(float **rows, const dsc_model *model, const dsc_node *node,
                             const dsc_dataset *data, const uint32_t *index, size_t count, dsc_error *error);

#endif
