/* SPDX-License-Identifier: MIT */
/* study.c: starts and resumes a study, and manages its folder. */
#include "study/study.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/threads.h"
#include "data/class_match.h"
#include "kernel/choose.h"
#include "run/run.h"
#include "study/work.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MOST = 1024 };

static const char *const labels[] = {"folds", "curve", "suspects"};
/* Every file that a study writes to its folder. */
static const char *const file_names[] = {DSC_STUDY_QUESTION,  DSC_STUDY_RESULTS,   DSC_STUDY_CHECKPOINTS,
                                         DSC_STUDY_CHART_SVG, DSC_STUDY_CHART_PNG, NULL};

const char *dsc_study_folder(const dsc_study *s) { return s->folder; }
const dsc_study_question *dsc_study_question_of(const dsc_study *s) { return &s->question; }
const dsc_dataset *dsc_study_data(const dsc_study *s) { return s->data; }
size_t dsc_study_trials(const dsc_study *s) { return s->count; }
const dsc_study_trial *dsc_study_trial_at(const dsc_study *s, size_t trial) { return &s->trials[trial]; }

/* --- creation --- */

static dsc_status make(dsc_study **result, dsc_study_question *question, const dsc_dataset *data,
                       const dsc_study_how *how, dsc_error *error) {
    *result = NULL;
    dsc_study *s = dsc_allocate(1, sizeof *s);
    if (!s) {
        dsc_study_question_clear(question);
        return dsc_fail_memory(error, sizeof *s, "a study");
    }
    s->question = *question;
    *question = (dsc_study_question){0};
    s->data = data;
    s->lock = -1;
    s->threads = how->threads ? how->threads : dsc_threads_available();
    if (s->threads > THREADS_MOST) s->threads = THREADS_MOST;
    s->parallel = how->parallel ? how->parallel : s->threads;
    if (s->parallel > THREADS_MOST) s->parallel = THREADS_MOST;
    s->checkpoint_seconds = how->checkpoint_seconds > 0 ? how->checkpoint_seconds : 10;
    (void)pthread_mutex_init(&s->mutex, NULL);
    *result = s;
    return DSC_OK;
}

void dsc_study_free(dsc_study *s) {
    if (!s) return;
    if (s->lock >= 0) (void)close(s->lock);
    dsc_study_question_clear(&s->question);
    dsc_dataset_free(s->matched);
    dsc_dataset_free(s->first);
    dsc_dataset_free(s->rest);
    dsc_dataset_free(s->held);
    for (size_t i = 0; s->trials && i < s->count; i++) {
        free(s->trials[i].confusion);
        free(s->trials[i].message);
    }
    free(s->trials);
    free(s->fold);
    (void)pthread_mutex_destroy(&s->mutex);
    free(s->waiting);
    free(s->images);
    free(s->folder);
    free(s->results);
    free(s->checkpoints);
    free(s);
}

static dsc_status make_room(dsc_study *s, dsc_error *error) {
    const size_t classes = s->data->classes;
    for (size_t i = 0; i < s->count; i++) {
        s->trials[i].confusion = dsc_allocate(classes * classes, sizeof *s->trials[i].confusion);
        if (!s->trials[i].confusion)
            return dsc_fail_memory(error, classes * classes * sizeof *s->trials[i].confusion, "a result");
    }
    return DSC_OK;
}

/* --- the folder --- */

static dsc_status take_folder(dsc_study *s, dsc_error *error) {
    s->results = dsc_path_join(s->folder, DSC_STUDY_RESULTS);
    s->checkpoints = dsc_path_join(s->folder, DSC_STUDY_CHECKPOINTS);
    if (!s->results || !s->checkpoints) return dsc_fail_memory(error, 64, "a study's folder");
    dsc_status status = dsc_run_folder_lock(&s->lock, s->folder, error);
    if (status) return status;
    dsc_file_sweep(s->folder, file_names);
    dsc_file_sweep_all(s->results);
    dsc_file_sweep_all(s->checkpoints);
    return DSC_OK;
}

static dsc_status claim_folder(const dsc_study *s, dsc_error *error) {
    char *path = dsc_path_join(s->folder, DSC_STUDY_QUESTION);
    const bool holds = path && dsc_is_there(path);
    free(path);
    if (holds)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: holds a study already; continue it with --resume, or name another folder",
                        s->folder);
    return dsc_run_folder_claim(s->folder, file_names, error);
}

static dsc_status make_folders(const dsc_study *s, dsc_error *error) {
    dsc_status status = dsc_folder_make(s->results, error);
    if (!status) status = dsc_folder_make(s->checkpoints, error);
    return status ? status : dsc_space_check(s->folder, DSC_SMALL_FILES, error);
}

static dsc_status write_question(const dsc_study *s, dsc_error *error) {
    dsc_text text = {0};
    char *path = dsc_path_join(s->folder, DSC_STUDY_QUESTION);
    json_t *json = dsc_study_question_json(&s->question);
    if (json) dsc_json_format(&text, json);
    dsc_text_append(&text, "\n");
    dsc_status status = path && json && !text.failed ? dsc_file_write(path, text.data, text.length, error)
                                                     : dsc_fail_memory(error, 4096, "a study");
    json_decref(json);
    dsc_text_free(&text);
    free(path);
    return status;
}

/* --- starting and resuming --- */

static dsc_status fill_question(dsc_study_question *q, const dsc_dataset *data, const char *data_name,
                                dsc_error *error) {
    dsc_kernels_choice choice;
    dsc_status status = dsc_kernels_choose(&choice, q->recipe.kernels, error);
    if (!status) status = dsc_text_replace(&q->kernels, choice.kernels->name, error);
    if (!status) status = dsc_text_replace(&q->data_name, data_name ? data_name : data->name, error);
    if (status) return status;
    q->data = dsc_dataset_fingerprint(data);
    q->has_others = q->recipe.others_data != NULL;
    if (q->has_others) q->others = dsc_dataset_fingerprint(q->recipe.others_data);
    q->dataset = dsc_dataset_to_json(data);
    return q->dataset ? DSC_OK : dsc_fail_memory(error, 256, "a study");
}

dsc_status dsc_study_start(dsc_study **result, dsc_study_question *question, const dsc_dataset *data,
                           const char *data_name, const dsc_study_how *how, dsc_error *error) {
    dsc_study *s;
    dsc_status status = make(&s, question, data, how, error);
    *result = NULL;
    if (status) return status;
    status = fill_question(&s->question, data, data_name, error);
    if (!status) status = dsc_study_make_trials(s, error);
    if (!status) status = make_room(s, error);
    if (!status)
        status =
            dsc_run_folder_take(&s->folder, how->folder, labels[s->question.kind], s->question.name, error);
    if (!status) status = take_folder(s, error);
    if (!status) status = claim_folder(s, error);
    if (!status) status = make_folders(s, error);
    if (!status) status = write_question(s, error);
    if (status)
        dsc_study_free(s);
    else
        *result = s;
    return status;
}

static dsc_status take_data(dsc_study *s, const dsc_dataset *data, dsc_remarks *remarks, dsc_error *error) {
    if (remarks) remarks->count = 0;
    dsc_status status =
        dsc_dataset_match_json(&s->matched, remarks, data, s->question.dataset, "the study", error);
    if (status) return status;
    s->data = s->matched;
    const dsc_fingerprint found = dsc_dataset_fingerprint(s->data);
    const char *difference = dsc_fingerprint_difference(&s->question.data, &found);
    if (!difference) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: was begun with other training data, %s: %s of %s differs; name the same data with --data",
        s->folder, s->question.data_name, difference, data->name);
}

static dsc_status check_others(const dsc_study *s, dsc_error *error) {
    const dsc_study_question *q = &s->question;
    const dsc_dataset *others = q->recipe.others_data;
    if (!q->has_others && !others) return DSC_OK;
    const dsc_fingerprint found = others ? dsc_dataset_fingerprint(others) : (dsc_fingerprint){0};
    const char *difference =
        q->has_others && others ? dsc_fingerprint_difference(&q->others, &found) : "whether there are any";
    if (!difference) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: was begun with other images of no class: %s differs; name the same data with --others",
        s->folder, difference);
}

dsc_status dsc_study_resume(dsc_study **result, dsc_study_question *question, const dsc_dataset *data,
                            const dsc_study_how *how, dsc_error *error) {
    dsc_study *s;
    dsc_status status = make(&s, question, data, how, error);
    *result = NULL;
    if (status) return status;
    s->folder = strdup(how->folder);
    status = s->folder ? take_folder(s, error) : dsc_fail_memory(error, strlen(how->folder), "a study");
    if (!status) status = take_data(s, data, how->remarks, error);
    if (!status) status = check_others(s, error);
    if (!status) status = dsc_study_make_trials(s, error);
    if (!status) status = make_room(s, error);
    if (!status) status = make_folders(s, error);
    if (status)
        dsc_study_free(s);
    else
        *result = s;
    return status;
}
