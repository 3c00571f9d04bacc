/* SPDX-License-Identifier: MIT */
/* fuzz_study.c: any JSON as the description of a study, and as the result of a trial. */
#include "base/json.h"
#include "study/work.h"

#include <stdlib.h>

enum { CLASSES = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_t *json;
    size_t confusion[CLASSES * CLASSES];
    dsc_study_question question = {0};
    dsc_study_trial trial = {.samples = 3, .held_out = 3, .epochs = 1, .confusion = confusion};
    if (dsc_json_parse(&json, data, size, JSON_REJECT_DUPLICATES, "fuzz", NULL)) return 0;
    if (!dsc_study_question_read(&question, json, "fuzz", NULL)) {
        json_t *written = dsc_study_question_json(&question);
        if (!written) abort();
        json_decref(written);
    }
    if (dsc_study_result_parse(&trial, json, 0, CLASSES) && !trial.failed &&
        (trial.right > trial.held_out || trial.refusal.answered > trial.held_out ||
         trial.refusal.right > trial.refusal.answered || trial.refusal.refused > trial.refusal.others))
        abort();
    dsc_study_question_clear(&question);
    free(trial.message);
    json_decref(json);
    return 0;
}
