/* SPDX-License-Identifier: MIT */
/* mistakes.h: the held-out images that a model is surest of and wrong about, for those who watch a run. */
#ifndef DSC_MEASURE_MISTAKES_H
#define DSC_MEASURE_MISTAKES_H

#include "measure/evaluator.h"

enum { DSC_MISTAKES_MOST = 12 };

typedef struct dsc_mistake {
    size_t sample, label, prediction; /* prediction: the number of classes if the answer was not finite */
    float confidence;
} dsc_mistake;

typedef struct dsc_mistakes {
    dsc_mistake worst[DSC_MISTAKES_MOST]; /* the surest first */
    size_t count, all;                    /* kept; how many there were */
} dsc_mistakes;

/* A dsc_on_answer whose user is a dsc_mistakes that began as {0}. */
int dsc_mistakes_note(void *mistakes, const dsc_answer *answer);

/* Writes them to a JSON file, atomically: {"epoch", "all", "mistakes": [{"sample", "label", "prediction", "confidence", "channels",
 * "height", "width", "pixels": [bytes]}]}; labels by name. `data` is what was answered. */
dsc_status dsc_mistakes_write(const dsc_mistakes *mistakes, const dsc_model *model, const dsc_dataset *data,
                              double epoch, const char *path, dsc_error *error);

#endif
