/* SPDX-License-Identifier: MIT */
/* trial.c: runs a trial from the end of one rung to the end of the next.
 *
 * Checkpoints in trials/: "0007-rung-2" is the trial at the end of rung 2, "0007-to-rung-3" is the trial on
 * its way to the end of rung 3. The checkpoint of rung 2 stays until the journal has the result of rung 3, so
 * that one exists after a kill at any moment. The trainer checks that a checkpoint belongs to this recipe and
 * data, so a wrong one is never used; a wrong or damaged checkpoint only costs time. */
#include "tune/work.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct attempt {
    dsc_tune *tune;
    size_t trial, rung;
    size_t worker;
    uint64_t target; /* epochs at the end of the rung */
    dsc_trainer *trainer;
    dsc_tune_result result;
    double last_save; /* time of the clock */
    bool save_failed;
} attempt;

/* --- checkpoints --- */

bool dsc_tune_is_checkpoint(const char *name) {
    const size_t digits = strspn(name, "0123456789");
    const char *rest = name + digits;
    if (digits < 4 || *rest++ != '-') return false;
    if (!strncmp(rest, "to-", 3)) rest += 3;
    if (strncmp(rest, "rung-", 5) != 0) return false;
    rest += 5;
    return *rest && !rest[strspn(rest, "0123456789")];
}

/* The path of a checkpoint, which the caller frees; NULL without memory. */
static char *checkpoint_path(const dsc_tune *tune, size_t trial, size_t rung, bool on_the_way) {
    dsc_text text = {0};
    dsc_text_append(&text, "%s/%04zu-%srung-%zu", tune->trials_folder, trial + 1, on_the_way ? "to-" : "",
                    rung + 1);
    if (!text.failed) return text.data;
    dsc_text_free(&text);
    return NULL;
}

static void remove_checkpoint(const dsc_tune *tune, size_t trial, size_t rung, bool on_the_way) {
    char *path = checkpoint_path(tune, trial, rung, on_the_way);
    if (path) (void)unlink(path);
    free(path);
}

void dsc_tune_drop_losers(const dsc_tune *tune) {
    for (size_t trial = 0; tune->rung && trial < tune->search.trials; trial++) {
        bool stays = false;
        for (size_t i = 0; i < tune->member_count; i++) stays = stays || tune->members[i] == trial;
        if (!stays) remove_checkpoint(tune, trial, tune->rung - 1, false);
    }
}

static void warn(dsc_tune *tune, size_t trial, const char *what, const dsc_error *failure) {
    char message[DSC_MESSAGE_SIZE + 128];
    (void)snprintf(message, sizeof message, "%s; %s", failure->message, what);
    (void)pthread_mutex_lock(&tune->mutex);
    dsc_tune_tell(tune, DSC_TUNE_WARNING, trial, message);
    (void)pthread_mutex_unlock(&tune->mutex);
}

/* Checkpoints only save time; if they cannot be written the search continues. */
static void save(attempt *a, bool on_the_way) {
    dsc_error failure = {0};
    char *path = checkpoint_path(a->tune, a->trial, a->rung, on_the_way);
    dsc_status status = path ? dsc_trainer_save(a->trainer, path, &failure)
                             : dsc_fail_memory(&failure, 64, "a checkpoint's name");
    free(path);
    a->last_save = dsc_clock();
    if (status && !a->save_failed)
        warn(a->tune, a->trial, "the search continues; after an interruption this trial would start again",
             &failure);
    a->save_failed = status != DSC_OK;
}

/* Restores one checkpoint; *taken: it existed and was valid. */
static dsc_status restore_one(attempt *a, size_t rung, bool on_the_way, bool *taken, dsc_error *error) {
    dsc_error failure = {0};
    *taken = false;
    char *path = checkpoint_path(a->tune, a->trial, rung, on_the_way);
    if (!path) return dsc_fail_memory(error, 64, "a checkpoint's name");
    dsc_status status = DSC_OK;
    if (!access(path, F_OK)) {
        status = dsc_trainer_restore(a->trainer, path, false, &failure);
        *taken = status == DSC_OK;
    }
    free(path);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", failure.message);
    if (status) warn(a->tune, a->trial, "the trial continues from an earlier state", &failure);
    return DSC_OK;
}

static dsc_status restore(attempt *a, dsc_error *error) {
    bool taken;
    dsc_status status = restore_one(a, a->rung, true, &taken, error);
    if (!status && !taken && a->rung) status = restore_one(a, a->rung - 1, false, &taken, error);
    if (status || a->trainer->progress.epoch < a->target) return status;
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: a checkpoint of trial %zu has had %llu epochs, more than rung %zu has; remove those files",
        a->tune->trials_folder, a->trial + 1, (unsigned long long)a->trainer->progress.epoch, a->rung + 1);
}

/* --- creation --- */

static dsc_status make(attempt *a, dsc_error *error) {
    dsc_recipe recipe;
    dsc_tune *tune = a->tune;
    dsc_status status = dsc_tune_trial_recipe(&recipe, &tune->search, a->trial, error);
    if (status) return status;
    status = dsc_trainer_create(&a->trainer, NULL, &recipe, tune->data, tune->trial_threads, error);
    dsc_recipe_clear(&recipe);
    return status;
}

static bool is_same_model(const dsc_recipe *a, const dsc_recipe *b) {
    return !strcmp(a->model, b->model) && !strcmp(a->loss, b->loss) && a->class_weights == b->class_weights;
}

static dsc_status check_trial(const dsc_recipe *recipe, bool model_is_known, const dsc_dataset *data,
                              dsc_error *error) {
    dsc_model *model = NULL;
    dsc_status status = dsc_recipe_check_others(recipe, data, error);
    if (!status && !model_is_known) status = dsc_recipe_make_model(&model, recipe, data, error);
    dsc_model_free(model);
    size_t count = data->count;
    if (recipe->training_samples > 0 && (size_t)recipe->training_samples < count)
        count = (size_t)recipe->training_samples;
    if (!status && (double)recipe->batch > (1 - recipe->validation) * (double)count)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                          "a batch of %lld is larger than what validation leaves of the %zu training "
                          "samples; choose a smaller batch",
                          (long long)recipe->batch, count);
    return status;
}

dsc_status dsc_tune_check_trials(const dsc_tune *tune, dsc_error *error) {
    dsc_status status = DSC_OK;
    dsc_recipe before = {0};
    for (size_t trial = 0; !status && trial < tune->search.trials; trial++) {
        dsc_recipe recipe;
        status = dsc_tune_trial_recipe(&recipe, &tune->search, trial, error);
        if (status) break;
        /* Creating a model draws all its numbers; skip it if the previous recipe had the same model. */
        status = check_trial(&recipe, trial && is_same_model(&recipe, &before), tune->data, error);
        if (status) status = dsc_error_context(error, status, "trial %zu", trial + 1);
        dsc_recipe_clear(&before);
        before = recipe;
    }
    dsc_recipe_clear(&before);
    return status;
}

/* --- training --- */

/* Reports the trial's progress occasionally. */
static void show(attempt *a, const dsc_event *event) {
    dsc_tune *tune = a->tune;
    (void)pthread_mutex_lock(&tune->mutex);
    tune->running[a->worker] =
        (dsc_tune_running){.active = true,
                           .trial = a->trial,
                           .epochs = (double)(event->epoch - 1) + (double)event->step / (double)event->steps,
                           .loss = event->loss,
                           .accuracy = event->accuracy};
    dsc_tune_tell_step(tune, a->trial);
    (void)pthread_mutex_unlock(&tune->mutex);
}

static int on_event(void *user, const dsc_event *event) {
    attempt *a = user;
    if (event->kind == DSC_EVENT_STEP) {
        show(a, event);
        /* The end of an epoch is saved together with its validation, never before. */
        if (dsc_clock() - a->last_save >= a->tune->checkpoint_seconds &&
            !dsc_trainer_epoch_is_done(a->trainer))
            save(a, true);
    } else if (event->kind == DSC_EVENT_EPOCH && event->epoch == a->target) {
        a->result = (dsc_tune_result){.done = true,
                                      .accuracy = event->validation_accuracy,
                                      .loss = event->validation_loss,
                                      .seconds = event->seconds};
        return 1;
    }
    return atomic_load(&a->tune->stopping);
}

/* Whether only the trial fails: a search of hours does not end because one of its corners cannot be
 * trained. */
static bool is_of_trial(dsc_status status) {
    return status == DSC_ERROR_DIVERGED || status == DSC_ERROR_ARGUMENT || status == DSC_ERROR_UNSUPPORTED;
}

static dsc_status train(attempt *a, dsc_error *reason, dsc_error *error) {
    dsc_status status = make(a, reason);
    if (!status) {
        status = restore(a, error);
        if (status) return status;
        a->last_save = dsc_clock();
        status = dsc_trainer_run(a->trainer, on_event, a, reason);
    }
    if (a->result.done && (!status || status == DSC_ERROR_STOPPED)) return DSC_OK;
    if (is_of_trial(status)) {
        a->result = (dsc_tune_result){.done = true, .failed = true};
        if (a->trainer) a->result.seconds = a->trainer->progress.seconds;
        return DSC_OK;
    }
    if (status == DSC_ERROR_STOPPED) save(a, true);
    return dsc_fail(error, status, "trial %zu: %s", a->trial + 1, reason->message);
}

/* A loss that is not finite counts as a failure, even if only the held-out samples show it. */
static void judge(dsc_tune_result *result, dsc_error *reason) {
    if (result->failed || (result->loss >= -1e300 && result->loss <= 1e300)) return;
    *result = (dsc_tune_result){.done = true, .failed = true, .seconds = result->seconds};
    (void)dsc_fail(reason, DSC_ERROR_DIVERGED, "the loss on the held-out samples is not finite");
}

dsc_status dsc_tune_note(dsc_tune *tune, size_t trial, const dsc_tune_outcome *outcome, dsc_error *error) {
    const char *message = outcome->result.failed ? outcome->message : NULL;
    dsc_tune_result *result = dsc_tune_result_of(&tune->search, trial, tune->rung);
    *result = outcome->result;
    if (dsc_tune_follows(tune)) return DSC_OK;
    dsc_status status = dsc_tune_journal_append(
        &tune->journal, dsc_tune_result_line(&tune->search, trial, tune->rung, message), error);
    if (status) {
        result->done = false;
        return status;
    }
    remove_checkpoint(tune, trial, tune->rung, true);
    if (tune->rung) remove_checkpoint(tune, trial, tune->rung - 1, false);
    dsc_tune_tell(tune, DSC_TUNE_RESULT, trial, message);
    return DSC_OK;
}

dsc_status dsc_tune_trial_run(dsc_tune *tune, size_t trial, size_t worker, dsc_tune_outcome *outcome,
                              dsc_error *error) {
    attempt a = {.tune = tune,
                 .trial = trial,
                 .rung = tune->rung,
                 .worker = worker,
                 .target = tune->search.plan.rung[tune->rung].epochs};
    dsc_error reason = {0};
    dsc_status status = train(&a, &reason, error);
    if (!status) {
        judge(&a.result, &reason);
        if (!a.result.failed && a.rung + 1 < tune->search.plan.count) save(&a, false);
        outcome->result = a.result;
        memcpy(outcome->message, reason.message, sizeof outcome->message);
    }
    dsc_trainer_free(a.trainer);
    return status;
}
