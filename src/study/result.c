/* SPDX-License-Identifier: MIT */
/*
 * result.c: a trial's result as a file of JSON, written atomically when the trial is done.
 *
 *   trial, samples, held_out, epochs   as planned: a file of another study is noticed by them
 *   right, loss, seconds, confusion    the result: (classes) lists of (classes) counts, [label][prediction]
 *   refusal                            with images of no class: below, answered, right, others, refused
 *   failed                             instead of all these: why there are none
 *
 * Where answers are kept, they are written before it.
 */
#include "study/work.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 24 };

static char *path_of(const char *folder, size_t trial, const char *ending) {
    dsc_text text = {0};
    dsc_text_append(&text, "%s/%04zu%s", folder, trial + 1, ending);
    if (!text.failed) return text.data;
    dsc_text_free(&text);
    return NULL;
}

char *dsc_study_result_path(const dsc_study *s, size_t trial) { return path_of(s->results, trial, ".json"); }
char *dsc_study_answers_path(const dsc_study *s, size_t trial) { return path_of(s->results, trial, ".idx"); }
char *dsc_study_checkpoint_path(const dsc_study *s, size_t trial) {
    return path_of(s->checkpoints, trial, "");
}

void dsc_study_trial_take(dsc_study_trial *t, const dsc_metrics *metrics) {
    t->right = metrics->top[0];
    t->loss = dsc_metrics_loss(metrics);
    memcpy(t->confusion, metrics->confusion, metrics->classes * metrics->classes * sizeof *t->confusion);
}

/* --- writing --- */

static json_t *confusion_json(const dsc_study_trial *t, size_t classes) {
    json_t *rows = json_array();
    for (size_t i = 0; rows && i < classes; i++) {
        json_t *row = json_array();
        bool good = row != NULL;
        for (size_t k = 0; good && k < classes; k++)
            good = !json_array_append_new(row, json_integer((json_int_t)t->confusion[i * classes + k]));
        if (good && !json_array_append(rows, row)) {
            json_decref(row);
            continue;
        }
        json_decref(row);
        json_decref(rows);
        return NULL;
    }
    return rows;
}

json_t *dsc_study_refusal_json(const dsc_study_trial *t) {
    return json_pack("{s:f, s:I, s:I, s:I, s:I}", "below", t->refusal.below, "answered",
                     (json_int_t)t->refusal.answered, "right", (json_int_t)t->refusal.right, "others",
                     (json_int_t)t->refusal.others, "refused", (json_int_t)t->refusal.refused);
}

static json_t *result_json(const dsc_study *s, size_t trial) {
    const dsc_study_trial *t = &s->trials[trial];
    json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:f}", "trial", (json_int_t)trial + 1, "samples",
                             (json_int_t)t->samples, "held_out", (json_int_t)t->held_out, "epochs",
                             (json_int_t)t->epochs, "seconds", t->seconds);
    json_t *rest = t->failed ? json_pack("{s:o}", "failed", dsc_json_text(t->message ? t->message : ""))
                             : json_pack("{s:I, s:f, s:o}", "right", (json_int_t)t->right, "loss", t->loss,
                                         "confusion", confusion_json(t, s->data->classes));
    const bool refuses = s->question.has_others && !t->failed;
    if (json && rest && !json_object_update_new(json, rest) &&
        (!refuses || !json_object_set_new(json, "refusal", dsc_study_refusal_json(t))))
        return json;
    json_decref(json);
    return NULL;
}

dsc_status dsc_study_result_write(const dsc_study *s, size_t trial, dsc_error *error) {
    dsc_text text = {0};
    char *path = dsc_study_result_path(s, trial);
    json_t *json = result_json(s, trial);
    if (json) dsc_json_format(&text, json);
    dsc_text_append(&text, "\n");
    dsc_status status = path && json && !text.failed ? dsc_file_write(path, text.data, text.length, error)
                                                     : dsc_fail_memory(error, 1024, "a result");
    json_decref(json);
    dsc_text_free(&text);
    free(path);
    return status;
}

/* --- reading --- */

static bool is_count(const json_t *json, size_t expected) {
    return json_is_integer(json) && json_integer_value(json) == (json_int_t)expected;
}

static bool read_confusion(dsc_study_trial *t, const json_t *rows, size_t classes) {
    size_t all = 0, right = 0;
    if (json_array_size(rows) != classes) return false;
    for (size_t i = 0; i < classes; i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_array_size(row) != classes) return false;
        for (size_t k = 0; k < classes; k++) {
            const json_int_t n = json_integer_value(json_array_get(row, k));
            if (n < 0 || (size_t)n > t->held_out) return false;
            t->confusion[i * classes + k] = (size_t)n;
            all += (size_t)n;
            right += i == k ? (size_t)n : 0;
        }
    }
    t->right = right;
    return all == t->held_out;
}

/* What is missing is a study's without images of no class: nothing is refused there. */
static bool read_refusal(dsc_study_trial *t, json_t *json) {
    json_int_t answered = -1, right = -1, others = -1, refused = -1;
    if (!json) return true;
    if (json_unpack(json, "{s:F, s:I, s:I, s:I, s:I}", "below", &t->refusal.below, "answered", &answered,
                    "right", &right, "others", &others, "refused", &refused) ||
        right < 0 || right > answered || (size_t)answered > t->held_out || refused < 0 || refused > others ||
        !(t->refusal.below >= 0 && t->refusal.below <= 1))
        return false;
    t->refusal.answered = (size_t)answered, t->refusal.right = (size_t)right;
    t->refusal.others = (size_t)others, t->refusal.refused = (size_t)refused;
    return true;
}

bool dsc_study_result_parse(dsc_study_trial *t, const json_t *json, size_t trial, size_t classes) {
    const json_t *seconds = json_object_get(json, "seconds"), *loss = json_object_get(json, "loss");
    const char *failed = json_string_value(json_object_get(json, "failed"));
    if (!is_count(json_object_get(json, "trial"), trial + 1) ||
        !is_count(json_object_get(json, "samples"), t->samples) ||
        !is_count(json_object_get(json, "held_out"), t->held_out) ||
        !is_count(json_object_get(json, "epochs"), t->epochs) || !json_is_number(seconds))
        return false;
    t->seconds = json_number_value(seconds);
    t->failed = failed != NULL;
    if (failed) {
        free(t->message);
        return (t->message = strdup(failed)) != NULL;
    }
    t->loss = json_number_value(loss);
    return json_is_number(loss) && read_confusion(t, json_object_get(json, "confusion"), classes) &&
           read_refusal(t, json_object_get(json, "refusal")) &&
           is_count(json_object_get(json, "right"), t->right);
}

/* --- answers --- */

dsc_status dsc_study_answers_write(const dsc_study *s, size_t trial, const dsc_array *answers,
                                   dsc_error *error) {
    char *path = dsc_study_answers_path(s, trial);
    const dsc_status status =
        path ? dsc_idx_write(path, answers, error) : dsc_fail_memory(error, 64, "answers");
    free(path);
    return status;
}

dsc_status dsc_study_answers_read(dsc_array *answers, const dsc_study *s, size_t trial, dsc_error *error) {
    const dsc_study_trial *t = &s->trials[trial];
    char *path = dsc_study_answers_path(s, trial);
    *answers = (dsc_array){0};
    if (!path) return dsc_fail_memory(error, 64, "answers");
    dsc_status status = dsc_is_there(path)
                            ? dsc_idx_read(answers, path, error)
                            : dsc_fail(error, DSC_ERROR_FORMAT, "%s: is missing beside its result", path);
    if (!status && (answers->type != DSC_F32 || answers->rank != 2 || answers->shape[0] != t->held_out ||
                    answers->shape[1] != s->data->classes)) {
        dsc_array_clear(answers);
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: has no answers of trial %zu of this study", path,
                          trial + 1);
    }
    free(path);
    return status;
}

/* The samples that a fold holds out are in the order of the data. */
dsc_status dsc_study_answers(float *probabilities, const dsc_study *s, dsc_error *error) {
    const size_t classes = s->data->classes;
    for (size_t i = 0; i < s->data->count * classes; i++) probabilities[i] = NAN;
    for (size_t trial = 0; trial < s->count; trial++) {
        dsc_array answers;
        if (s->trials[trial].failed) continue;
        const dsc_status status = dsc_study_answers_read(&answers, s, trial, error);
        if (status) return status;
        const float *row = answers.data;
        for (size_t i = 0; i < s->data->count; i++) {
            if (s->fold[i] != s->trials[trial].fold) continue;
            memcpy(probabilities + i * classes, row, classes * sizeof *row);
            row += classes;
        }
        dsc_array_clear(&answers);
    }
    return DSC_OK;
}

/* --- existing results --- */

dsc_status dsc_study_result_read(dsc_study *s, size_t trial, dsc_error *error) {
    dsc_study_trial *t = &s->trials[trial];
    unsigned char *bytes = NULL;
    size_t size;
    json_t *json = NULL;
    char *path = dsc_study_result_path(s, trial);
    if (!path) return dsc_fail_memory(error, 64, "a result");
    dsc_status status = DSC_OK;
    if (dsc_is_there(path)) {
        status = dsc_file_read(&bytes, &size, path, FILE_MOST, error);
        if (!status) status = dsc_json_parse(&json, bytes, size, JSON_REJECT_DUPLICATES, path, error);
        if (!status && (!dsc_study_result_parse(t, json, trial, s->data->classes) ||
                        (s->question.has_others && !t->failed && !t->refusal.others)))
            status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: is no result of trial %zu of this study", path,
                              trial + 1);
        if (!status && s->question.kind == DSC_STUDY_ANSWERS && !t->failed) {
            dsc_array answers; /* without them the result is useless */
            status = dsc_study_answers_read(&answers, s, trial, error);
            dsc_array_clear(&answers);
        }
        t->done = !status;
        if (status) t->failed = false;
    }
    json_decref(json);
    free(bytes);
    free(path);
    return status;
}
