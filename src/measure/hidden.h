/* SPDX-License-Identifier: MIT */
/* hidden.h: what a network makes of images just before it decides: the values that its last layer with
 * weights reads. */
#ifndef DSC_MEASURE_HIDDEN_H
#define DSC_MEASURE_HIDDEN_H

#include "data/dataset.h"
#include "model/model.h"

/* The value that the last weights are applied to; NULL if that is the image itself, so that nothing is
 * hidden. */
const dsc_node *dsc_model_hidden(const dsc_model *model);

/* rows (count, width) of the samples index[0 .. count) of `data`, in a new array (release with free());
 * `node` is dsc_model_hidden's. Refuses data that do not fit the model. */
dsc_status dsc_hidden_values(float **rows, const dsc_model *model, const dsc_node *node,
                             const dsc_dataset *data, const uint32_t *index, size_t count, dsc_error *error);

#endif
