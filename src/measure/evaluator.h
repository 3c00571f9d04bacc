/* SPDX-License-Identifier: MIT */
/* evaluator.h: a model's answers on a dataset. Create an evaluator once and run it repeatedly; a run
 * allocates nothing unless a callback reads the data. One thread at a time may use an evaluator. */
#ifndef DSC_MEASURE_EVALUATOR_H
#define DSC_MEASURE_EVALUATOR_H

#include "data/dataset.h"
#include "graph/executor.h"
#include "measure/metrics.h"
#include "model/model.h"

struct dsc_kernels;

typedef struct dsc_evaluator dsc_evaluator;

/* The answer to one sample; pointers are valid during the call. If a probability or the loss is not finite,
 * `is_finite` is false and the prediction is the number of classes, which means none. */
typedef struct dsc_answer {
    size_t sample, label, prediction;
    const float *probabilities; /* (classes) */
    double loss;
    bool is_finite;
    const float *members; /* of an ensemble: its members' logits (member_count, classes); else NULL */
    size_t member_count;
} dsc_answer;
/* Nonzero stops the run. */
typedef int dsc_on_answer(void *user, const dsc_answer *answer);

/* Creates an evaluator with `threads` threads of its own (0: all), or with those of `beside` if not NULL; the
 * two must not run concurrently then. `kernels` NULL: the best; `bf16`: products in bfloat16. The model and
 * `beside` must outlive the evaluator. */
dsc_status dsc_evaluator_create(dsc_evaluator **evaluator, const dsc_model *model, unsigned threads,
                                dsc_executor *beside, const struct dsc_kernels *kernels, bool bf16,
                                dsc_error *error);
void dsc_evaluator_free(dsc_evaluator *evaluator);

/* Runs all of `data` through the model with the given slab of values (NULL: the model's own). First resets
 * `metrics`, which was initialised for the model's classes. `on_answer` (or NULL) is called in sample order;
 * a nonzero result stops with DSC_ERROR_STOPPED. Labels use the model's class numbers: see dsc_dataset_match.
 * Fails for data of another shape or with more classes. */
dsc_status dsc_evaluator_run(dsc_evaluator *evaluator, dsc_metrics *metrics, const dsc_real *values,
                             const dsc_dataset *data, dsc_on_answer *on_answer, void *user, dsc_error *error);

#endif
