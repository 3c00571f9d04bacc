/* SPDX-License-Identifier: MIT */
/* evaluator.h: a model's answers on a dataset. Made once, run as often as one likes without allocating,
 * but for data that a callback reads. */
#ifndef DSC_MEASURE_EVALUATOR_H
#define DSC_MEASURE_EVALUATOR_H

#include "data/dataset.h"
#include "graph/executor.h"
#include "measure/metrics.h"
#include "model/model.h"

struct dsc_kernels;

typedef struct dsc_evaluator dsc_evaluator;

/* What one sample got; pointers are good during the call. If a probability or the loss is
 * not finite, `is_finite` is false and the prediction is the number of classes, which is none. */
typedef struct dsc_answer {
    size_t sample, label, prediction;
    const float *probabilities; /* (classes) */
    double loss;
    bool is_finite;
    const float *members; /* of an ensemble: its members' logits (member_count, classes); else NULL */
    size_t member_count;
} dsc_answer;
/* Non-zero: no more are wanted. */
typedef int dsc_on_answer(void *user, const dsc_answer *answer);

/* With `threads` of its own (0: all), or with those of `beside`, if that is not NULL: the two do not run at
 * once then. `kernels` NULL: the best; `bf16`: products in bfloat16. Model and `beside` must outlive the
 * evaluator. */
dsc_status dsc_evaluator_create(dsc_evaluator **evaluator, const dsc_model *model, unsigned threads,
                                dsc_executor *beside, const struct dsc_kernels *kernels, bool bf16,
                                dsc_error *error);
void dsc_evaluator_free(dsc_evaluator *evaluator);

/* Runs all of `data` through the model with the given slab of values (NULL: the model's own). Clears
 * `metrics` first, which were made for the model's classes. `on_answer` may be NULL; it is called in order,
 * and where it answers non-zero the run ends with DSC_ERROR_STOPPED. Labels are the model's: see
 * dsc_dataset_match. Refuses data of another shape or with more classes. */
dsc_status dsc_evaluator_run(dsc_evaluator *evaluator, dsc_metrics *metrics, const dsc_real *values,
                             const dsc_dataset *data, dsc_on_answer *on_answer, void *user, dsc_error *error);

#endif
