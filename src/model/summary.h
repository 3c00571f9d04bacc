/* SPDX-License-Identifier: MIT */
/* summary.h: a description of a model, layer by layer. */
#ifndef DSC_MODEL_SUMMARY_H
#define DSC_MODEL_SUMMARY_H

#include "model/model.h"

enum { DSC_LAYER_INPUTS_MOST = 16 };

typedef struct dsc_layer_facts {
    const char *name; /* "image", "conv1"; the op's name without a layer. Lives as long as the model */
    dsc_shape shape;  /* of its output for one image */
    size_t parameters;
    double multiply_adds; /* for one image, forward */
    /* Elements that its ops compute for one image; views do not count. */
    size_t values;
    bool joins;                                        /* has more than one preceding layer */
    size_t inputs[DSC_LAYER_INPUTS_MOST], input_count; /* preceding layers, by index in the list */
} dsc_layer_facts;

/* Lists the layers from the image to the logits in order of execution; the caller frees *layers. Fails only
 * without memory. */
dsc_status dsc_model_summarise(dsc_layer_facts **layers, size_t *count, const dsc_model *model,
                               dsc_error *error);

#endif
