/* SPDX-License-Identifier: MIT */
/* work.h: internals shared by the files of a study. */
#ifndef DSC_STUDY_WORK_H
#define DSC_STUDY_WORK_H

#include "data/array.h"
#include "data/dataset.h"
#include "measure/metrics.h"
#include "study/study.h"

#include <pthread.h>
#include <stdatomic.h>

struct dsc_study {
    dsc_study_question question;
    const dsc_dataset *data;  /* the samples under study */
    dsc_dataset *matched;     /* resumed study: the data with the class numbers of its start */
    dsc_dataset *first;       /* the recipe's training-samples */
    dsc_dataset *rest, *held; /* CURVE */
    uint16_t *fold;           /* (data's count), FOLDS and ANSWERS */
    dsc_study_trial *trials;
    size_t count;
    char *folder, *results, *checkpoints;
    int lock;
    unsigned threads, parallel;
    double checkpoint_seconds;
    /* While running; `mutex` protects the state that threads share. */
    dsc_study_on_event *on_event;
    void *user;
    pthread_mutex_t mutex;
    atomic_bool stopping;
    dsc_status status; /* the first failure */
    dsc_error error;
    size_t *waiting, waiting_count;
    unsigned trial_threads;
    uint64_t *images; /* (parallel): images trained on so far by the current trial of each worker */
    double last_told; /* time of the clock */
};

/* --- question.c --- */

json_t *dsc_study_question_json(const dsc_study_question *question); /* NULL: out of memory */
dsc_status dsc_study_question_read(dsc_study_question *question, const json_t *json, const char *name,
                                   dsc_error *error);

/* --- parts.c --- */

/* Divides study->data, lists the trials, and checks that each can be trained. */
dsc_status dsc_study_make_trials(dsc_study *study, dsc_error *error);

/* The samples for training and for measuring a trial, as views that the caller frees. */
dsc_status dsc_study_trial_data(dsc_dataset **training, dsc_dataset **held, const dsc_study *study,
                                size_t trial, dsc_error *error);
dsc_status dsc_study_trial_recipe(dsc_recipe *recipe, const dsc_study *study, size_t trial, dsc_error *error);

/* --- result.c --- */

/* "FOLDER/results/0001.json", its answers beside it, and "FOLDER/checkpoints/0001". The caller frees the
 * text; NULL: out of memory. */
char *dsc_study_result_path(const dsc_study *study, size_t trial);
char *dsc_study_answers_path(const dsc_study *study, size_t trial);
char *dsc_study_checkpoint_path(const dsc_study *study, size_t trial);

void dsc_study_trial_take(dsc_study_trial *trial, const dsc_metrics *metrics);
dsc_status dsc_study_result_write(const dsc_study *study, size_t trial, dsc_error *error);
/* Fills the trial's result from JSON. Returns false if the JSON is not a result of this trial. The trial must
 * have room for the confusion of `classes`. */
bool dsc_study_result_parse(dsc_study_trial *t, const json_t *json, size_t trial, size_t classes);
/* Reads an existing result. DSC_ERROR_FORMAT: it is damaged or lacks its answers; the trial then counts as
 * not done. */
dsc_status dsc_study_result_read(dsc_study *study, size_t trial, dsc_error *error);

/* Answers of a trial (held_out, classes), in the order of its held-out samples. Reading checks that they
 * belong to this trial. */
dsc_status dsc_study_answers_write(const dsc_study *study, size_t trial, const dsc_array *answers,
                                   dsc_error *error);
dsc_status dsc_study_answers_read(dsc_array *answers, const dsc_study *study, size_t trial, dsc_error *error);

/* --- trial.c, run.c --- */

/* Trains a trial and writes its result. DSC_ERROR_STOPPED: it is saved but not done. Other failures concern
 * the study, not the trial. */
dsc_status dsc_study_trial_run(dsc_study *study, size_t trial, unsigned worker, dsc_error *error);

/* Calls the listener; the caller holds the mutex. */
void dsc_study_tell(dsc_study *study, dsc_study_event_kind kind, size_t trial, const char *message);

/* Number of images that a trial trains on over all its epochs. */
uint64_t dsc_study_images(const dsc_study_trial *trial);

#endif
