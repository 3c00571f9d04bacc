/* SPDX-License-Identifier: MIT */
/* trial.c: one trial: trains from its checkpoint, measures, writes the result. The trainer checks that a
 * checkpoint belongs to this recipe and data, so a wrong one is never used. */
#include "study/work.h"

#include "base/clock.h"
#include "base/error.h"
#include "measure/evaluator.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct attempt {
    dsc_study *study;
    size_t trial;
    unsigned worker;
    dsc_dataset *training, *held;
    dsc_trainer *trainer;
    char *checkpoint;
    dsc_array answers; /* (held_out, classes), ANSWERS only */
    double last_save;  /* time of the clock */
    bool save_failed;
} attempt;

static void warn(dsc_study *study, size_t trial, const char *what, const dsc_error *failure) {
    char message[DSC_MESSAGE_SIZE + 128];
    (void)snprintf(message, sizeof message, "%s; %s", failure->message, what);
    (void)pthread_mutex_lock(&study->mutex);
    dsc_study_tell(study, DSC_STUDY_WARNING, trial, message);
    (void)pthread_mutex_unlock(&study->mutex);
}

/* --- checkpoints --- */

/* Checkpoints only save time; if they cannot be written the study continues. */
static void save(attempt *a) {
    dsc_error failure = {0};
    dsc_status status = dsc_trainer_save(a->trainer, a->checkpoint, &failure);
    a->last_save = dsc_clock();
    if (status && !a->save_failed)
        warn(a->study, a->trial, "the study continues; after an interruption this trial would start again",
             &failure);
    a->save_failed = status != DSC_OK;
}

static dsc_status restore(attempt *a, dsc_error *error) {
    dsc_error failure = {0};
    if (access(a->checkpoint, F_OK)) return DSC_OK;
    dsc_status status = dsc_trainer_restore(a->trainer, a->checkpoint, false, &failure);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", failure.message);
    if (status) warn(a->study, a->trial, "the trial starts again", &failure);
    return DSC_OK;
}

/* --- training --- */

static void show(attempt *a) {
    dsc_study *s = a->study;
    const dsc_progress *p = &a->trainer->progress;
    (void)pthread_mutex_lock(&s->mutex);
    s->images[a->worker] =
        p->epoch * (s->trials[a->trial].samples + s->trials[a->trial].others_learned) + p->position;
    const double now = dsc_clock();
    if (now - s->last_told >= 0.1) {
        s->last_told = now;
        dsc_study_tell(s, DSC_STUDY_STEP, a->trial, NULL);
    }
    (void)pthread_mutex_unlock(&s->mutex);
}

static int on_event(void *user, const dsc_event *event) {
    attempt *a = user;
    if (event->kind == DSC_EVENT_STEP) {
        show(a);
        /* The end of an epoch is saved together with its validation, never before. */
        if (dsc_clock() - a->last_save >= a->study->checkpoint_seconds &&
            !dsc_trainer_epoch_is_done(a->trainer))
            save(a);
    }
    return atomic_load(&a->study->stopping);
}

static dsc_status make(attempt *a, dsc_error *reason) {
    dsc_recipe recipe;
    dsc_status status = dsc_study_trial_recipe(&recipe, a->study, a->trial, reason);
    if (status) return status;
    status = dsc_trainer_create(&a->trainer, NULL, &recipe, a->training, a->study->trial_threads, reason);
    dsc_recipe_clear(&recipe);
    return status;
}

static int keep_answer(void *user, const dsc_answer *answer) {
    attempt *a = user;
    dsc_study_trial *t = &a->study->trials[a->trial];
    const size_t classes = a->trainer->model->classes;
    if (a->answers.data)
        memcpy((float *)a->answers.data + answer->sample * classes, answer->probabilities,
               classes * sizeof(float));
    const bool given =
        answer->is_finite && (double)answer->probabilities[answer->prediction] >= t->refusal.below;
    t->refusal.answered += given;
    t->refusal.right += given && answer->prediction == answer->label;
    return 0;
}

/* Measures with the kernels and precision of training. */
static dsc_status measure(attempt *a, dsc_error *error) {
    const dsc_trainer *t = a->trainer;
    dsc_evaluator *evaluator = NULL;
    dsc_metrics metrics = {0};
    dsc_status status = dsc_evaluator_create(&evaluator, t->model, 0, t->executor, t->parts.choice.kernels,
                                             t->parts.bf16, error);
    if (!status) status = dsc_metrics_initialise(&metrics, t->model->classes, error);
    const dsc_refusal *refusal = &t->refusal;
    dsc_study_trial *trial = &a->study->trials[a->trial];
    trial->refusal.below = refusal->below;
    trial->refusal.others = refusal->others, trial->refusal.refused = refusal->refused;
    trial->refusal.answered = trial->refusal.right = 0;
    if (!status && a->study->question.kind == DSC_STUDY_ANSWERS)
        status = dsc_array_create(&a->answers, DSC_F32, 2,
                                  (const size_t[]){a->held->count, t->model->classes}, error);
    if (!status) status = dsc_evaluator_run(evaluator, &metrics, NULL, a->held, keep_answer, a, error);
    if (!status) dsc_study_trial_take(trial, &metrics);
    dsc_metrics_clear(&metrics);
    dsc_evaluator_free(evaluator);
    return status;
}

/* Whether only the trial fails: a study of hours does not end because one part cannot be learned. */
static bool is_of_trial(dsc_status status) {
    return status == DSC_ERROR_DIVERGED || status == DSC_ERROR_ARGUMENT || status == DSC_ERROR_UNSUPPORTED;
}

static dsc_status train(attempt *a, dsc_error *error) {
    dsc_error reason = {0};
    dsc_study_trial *t = &a->study->trials[a->trial];
    dsc_status status = make(a, &reason);
    if (!status) {
        status = restore(a, error);
        if (status) return status;
        a->last_save = dsc_clock();
        status = dsc_trainer_run(a->trainer, on_event, a, &reason);
    }
    if (!status) status = measure(a, &reason);
    if (!status && !isfinite(t->loss))
        status = dsc_fail(&reason, DSC_ERROR_DIVERGED, "the loss on the held-out samples is not finite");
    if (a->trainer) t->seconds = a->trainer->progress.seconds;
    if (!status) return DSC_OK;
    if (is_of_trial(status)) {
        t->failed = true;
        free(t->message);
        t->message = strdup(reason.message);
        return t->message ? DSC_OK : dsc_fail_memory(error, sizeof reason.message, "a result");
    }
    if (status == DSC_ERROR_STOPPED) save(a);
    return dsc_fail(error, status, "trial %zu: %s", a->trial + 1, reason.message);
}

static dsc_status note(attempt *a, dsc_error *error) {
    dsc_study *s = a->study;
    dsc_study_trial *t = &s->trials[a->trial];
    dsc_status status = DSC_OK;
    if (a->answers.data && !t->failed) status = dsc_study_answers_write(s, a->trial, &a->answers, error);
    if (!status) status = dsc_study_result_write(s, a->trial, error);
    if (status) return status;
    (void)unlink(a->checkpoint);
    (void)pthread_mutex_lock(&s->mutex);
    t->done = true;
    s->images[a->worker] = 0;
    dsc_study_tell(s, DSC_STUDY_RESULT, a->trial, t->failed ? t->message : NULL);
    (void)pthread_mutex_unlock(&s->mutex);
    return DSC_OK;
}

dsc_status dsc_study_trial_run(dsc_study *study, size_t trial, unsigned worker, dsc_error *error) {
    attempt a = {.study = study, .trial = trial, .worker = worker};
    a.checkpoint = dsc_study_checkpoint_path(study, trial);
    dsc_status status =
        a.checkpoint ? DSC_OK : dsc_fail_memory(error, strlen(study->folder), "a checkpoint's name");
    if (!status) status = dsc_study_trial_data(&a.training, &a.held, study, trial, error);
    if (!status) status = train(&a, error);
    if (!status) status = note(&a, error);
    dsc_trainer_free(a.trainer);
    dsc_dataset_free(a.training);
    dsc_dataset_free(a.held);
    dsc_array_clear(&a.answers);
    free(a.checkpoint);
    return status;
}
