/* SPDX-License-Identifier: MIT */
/* mistakes.h: the held-out images that a model classifies wrongly with the highest confidence, for display
 * during training. */
#ifndef DSC_MEASURE_MISTAKES_H
#define DSC_MEASURE_MISTAKES_H

#include "measure/evaluator.h"

enum { DSC_MISTAKES_MOST = 12 };

typedef struct dsc_mistake {
    size_t sample, label, prediction; /* prediction: the number of classes if the answer was not finite */
    float confidence;
} dsc_mistake;

typedef struct dsc_mistakes {
    dsc_mistake worst[DSC_MISTAKES_MOST]; /* most confident first */
    size_t count, all;                    /* number kept; number of all mistakes */
} dsc_mistakes;

/* A dsc_on_answer whose user is a dsc_mistakes initialised with {0}. */
int dsc_mistakes_note(void *mistakes, const dsc_answer *answer);

/* As JSON: {"all", "list": [{"sample", "label", "prediction", "confidence", "channels", "height", "width",
 * "pixels": [bytes]}]}; labels by name, at most `most` entries. `data` is the dataset that was evaluated. The
 * caller releases the result; NULL without memory. */
json_t *dsc_mistakes_json(const dsc_mistakes *mistakes, const dsc_model *model, const dsc_dataset *data,
                          size_t most);

#endif
