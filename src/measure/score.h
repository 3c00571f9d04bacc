/* SPDX-License-Identifier: MIT */
/* score.h: a model evaluated once, with all that takes. */
#ifndef DSC_MEASURE_SCORE_H
#define DSC_MEASURE_SCORE_H

#include "measure/evaluator.h"

/* Runs all of `data`, matched by dsc_dataset_match, through the model, in float, on `threads` threads (0:
 * all). Answers have the model's labels. `metrics` is to be released with dsc_metrics_clear, also after a
 * failure. `on_answer` may be NULL. */
dsc_status dsc_model_measure(dsc_metrics *metrics, const dsc_model *model, const dsc_dataset *data,
                             unsigned threads, dsc_on_answer *on_answer, void *user, dsc_error *error);

#endif
