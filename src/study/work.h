/* SPDX-License-Identifier: MIT */
/* work.h: what the files of a study at work share. */
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
    const dsc_dataset *data;  /* the samples that are studied */
    dsc_dataset *matched;     /* of a resumed one: the data, numbered as the study began */
    dsc_dataset *first;       /* the recipe's training-samples */
    dsc_dataset *rest, *held; /* of CURVE */
    uint16_t *fold;           /* (data's count), of FOLDS and ANSWERS */
    dsc_study_trial *trials;
    size_t count;
    char *folder, *results, *checkpoints;
    int lock;
    unsigned threads, parallel;
    double checkpoint_seconds;
    /* While it runs; what threads share is changed under `mutex`. */
    dsc_study_on_event *on_event;
    void *user;
    pthread_mutex_t mutex;
    atomic_bool stopping;
    dsc_status status; /* the first failure */
    dsc_error error;
    size_t *waiting, waiting_count;
    unsigned trial_threads;
    uint64_t *images; /* (parallel): of the trial that each worker has, trained on so far */
    double last_told; /* clock */
};

/* --- question.c --- */

json_t *dsc_study_question_json(const dsc_study_question *question); /* NULL: out of memory */
dsc_status dsc_study_question_read(dsc_study_question *question, const json_t *json, const char *name,
                                   dsc_error *error);

/* --- parts.c --- */

/* Divides study->data, makes the list of trials, and checks that each could be trained. */
dsc_status dsc_study_make_trials(dsc_study *study, dsc_error *error);

/* The samples that a trial trains on, and those that it is measured on, in views of their own. */
dsc_status dsc_study_trial_data(dsc_dataset **training, dsc_dataset **held, const dsc_study *study,
                                size_t trial, dsc_error *error);
dsc_status dsc_study_trial_recipe(dsc_recipe *recipe, const dsc_study *study, size_t trial, dsc_error *error);

/* --- result.c --- */

/* "FOLDER/results/0001.json", its answers beside it, and "FOLDER/checkpoints/0001" (release with free());
 * NULL: out of memory. */
char *dsc_study_result_path(const dsc_study *study, size_t trial);
char *dsc_study_answers_path(const dsc_study *study, size_t trial);
char *dsc_study_checkpoint_path(const dsc_study *study, size_t trial);

void dsc_study_trial_take(dsc_study_trial *trial, const dsc_metrics *metrics);
dsc_status dsc_study_result_write(const dsc_study *study, size_t trial, dsc_error *error);
/* Fills the trial's result from a result's JSON. false: the JSON is no result of this trial. The trial must
 * have room for the confusion of `classes`. */
bool dsc_study_result_parse(dsc_study_trial *t, const json_t *json, size_t trial, size_t classes);
/* Reads the result if there is one. FORMAT: it is damaged, or lacks its answers, and the trial is as if it
 * was not done. */
dsc_status dsc_study_result_read(dsc_study *study, size_t trial, dsc_error *error);

/* Answers of a trial (held_out, classes), in the order of the samples that it held out. The reader checks
 * that they are of this trial. */
dsc_status dsc_study_answers_write(const dsc_study *study, size_t trial, const dsc_array *answers,
                                   dsc_error *error);
dsc_status dsc_study_answers_read(dsc_array *answers, const dsc_study *study, size_t trial, dsc_error *error);

/* --- trial.c, run.c --- */

/* Trains a trial and writes its result. DSC_ERROR_STOPPED: it is saved, and not done. Other failures are of
 * the study, not of the trial. */
dsc_status dsc_study_trial_run(dsc_study *study, size_t trial, unsigned worker, dsc_error *error);

/* Seconds of a clock that does not run backwards. */
double dsc_study_now(void);

/* Tells the listener, with the mutex held. */
void dsc_study_tell(dsc_study *study, dsc_study_event_kind kind, size_t trial, const char *message);

/* Images that a trial trains on in all its epochs. */
uint64_t dsc_study_images(const dsc_study_trial *trial);

#endif
