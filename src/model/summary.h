/* SPDX-License-Identifier: MIT */
/* summary.h: what a model is, layer by layer. */
#ifndef DSC_MODEL_SUMMARY_H
#define DSC_MODEL_SUMMARY_H

#include "model/model.h"

enum { DSC_LAYER_INPUTS_MOST = 16 };

typedef struct dsc_layer_facts {
    const char *name; /* "image", "conv1"; an op without a layer: the op's name. Lives as long as the model */
    dsc_shape shape;  /* of what it makes for one image */
    size_t parameters;
    double multiply_adds; /* for one image, forward */
    /* Numbers that its ops make for one image; those that are only seen in another shape are not counted
     * twice. */
    size_t values;
    bool joins;                                        /* more than one layer before it */
    size_t inputs[DSC_LAYER_INPUTS_MOST], input_count; /* the layers before it, by place in the list */
} dsc_layer_facts;

/* From the image to the logits, in the order of execution; release with free(). */
dsc_status dsc_model_summarise(dsc_layer_facts **layers, size_t *count, const dsc_model *model,
                               dsc_error *error);

#endif
