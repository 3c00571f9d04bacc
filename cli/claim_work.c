/* SPDX-License-Identifier: MIT */
/* claim_work.c: hashes of data, and hashes and answers of a model, for claims. */
#include "claim_work.h"

#include "progress.h"

dsc_status command_claim_data(report_run_claim *claim, const command_data *data, const command_others *others,
                              dsc_error *error) {
    dsc_status status = report_claim_hash_data(&claim->training, data->train, error);
    if (!status) status = report_claim_hash_data(&claim->test, data->test, error);
    claim->has_others = others->data != NULL;
    if (!status && others->data) status = report_claim_hash_data(&claim->others, others->data, error);
    return status;
}

dsc_status command_claim_model(report_run_claim *claim, command_call *call, command_subject *subject,
                               command_data *data, unsigned threads, dsc_error *error) {
    command_watch shown = {.call = call};
    const report_watch watch = {command_watch_step, &shown};
    report_exam exam = {0};
    dsc_status status = report_claim_hash_model(claim, subject->model, subject->model_path, error);
    if (!status) status = command_subject_match(&data->test, subject, call, error);
    if (!status) status = report_examine(&exam, subject->model, data->test, threads, &watch, error);
    if (!status) status = report_claim_take_answers(claim, &exam, error);
    command_progress_end(&shown.progress);
    report_exam_clear(&exam);
    return status;
}

void command_claim_append_score(dsc_text *text, const report_run_claim *claim) {
    char share[48], count[48];
    dsc_text_append(
        text, "%s %% of %s test images right",
        dsc_format_fixed(share, sizeof share, 100 * (double)claim->right / (double)claim->test.count, 2),
        dsc_format_grouped(count, (double)claim->test.count));
}
