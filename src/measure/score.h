/* SPDX-License-Identifier: MIT */
/* score.h: evaluates a model once, including all setup. */
#ifndef DSC_MEASURE_SCORE_H
#define DSC_MEASURE_SCORE_H

#include "measure/evaluator.h"

/* Runs all of `data` (matched by dsc_dataset_match) through the model, in float, on `threads` threads (0:
 * all). Answers use the model's labels. Release `metrics` with dsc_metrics_clear, also after a failure.
 * `on_answer` may be NULL. */
dsc_status dsc_model_measure(dsc_metrics *metrics, const dsc_model *model, const dsc_dataset *data,
                             unsigned threads, dsc_on_answer *on_answer, void *user, dsc_error *error);

#endif
