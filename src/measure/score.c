/* SPDX-License-Identifier: MIT */
/* score.c: evaluates a model in one call. */
#include "measure/score.h"

#include "base/error.h"

#include <string.h>

dsc_status dsc_model_measure(dsc_metrics *metrics, const dsc_model *model, const dsc_dataset *data,
                             unsigned threads, dsc_on_answer *on_answer, void *user, dsc_error *error) {
    memset(metrics, 0, sizeof *metrics);
    dsc_evaluator *evaluator = NULL;
    dsc_dataset *matched = NULL;
    dsc_status status = dsc_dataset_match(&matched, NULL, data, model, error);
    if (!status) status = dsc_evaluator_create(&evaluator, model, threads, NULL, NULL, false, error);
    if (!status) status = dsc_metrics_initialise(metrics, model->classes, error);
    if (!status) status = dsc_evaluator_run(evaluator, metrics, NULL, matched, on_answer, user, error);
    dsc_evaluator_free(evaluator);
    dsc_dataset_free(matched);
    return status;
}

dsc_status dsc_evaluate(dsc_score *score, const dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    dsc_metrics metrics;
    double interval[2];
    memset(score, 0, sizeof *score);
    dsc_status status = dsc_model_measure(&metrics, model, data, 0, NULL, NULL, error);
    if (!status) {
        dsc_wilson_interval(interval, metrics.top[0], metrics.count);
        *score = (dsc_score){.count = metrics.count,
                             .correct = metrics.top[0],
                             .accuracy = dsc_metrics_accuracy(&metrics),
                             .accuracy_low = interval[0],
                             .accuracy_high = interval[1],
                             .loss = dsc_metrics_loss(&metrics),
                             .calibration_error = dsc_metrics_calibration_error(&metrics),
                             .not_finite = metrics.not_finite};
    }
    dsc_metrics_clear(&metrics);
    return status;
}
