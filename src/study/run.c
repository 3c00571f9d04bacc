/* SPDX-License-Identifier: MIT */
/* run.c: runs all unfinished trials, several concurrently, and reports to the listener. */
#include "study/work.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- events --- */

uint64_t dsc_study_images(const dsc_study_trial *trial) {
    return trial->epochs * (trial->samples + trial->others_learned);
}

void dsc_study_tell(dsc_study *s, dsc_study_event_kind kind, size_t trial, const char *message) {
    if (!s->on_event) return;
    dsc_study_event event = {.kind = kind, .study = s, .trial = trial, .message = message};
    for (size_t i = 0; i < s->count; i++) {
        event.images_in_all += dsc_study_images(&s->trials[i]);
        if (s->trials[i].done) event.images += dsc_study_images(&s->trials[i]);
    }
    for (unsigned i = 0; i < s->parallel; i++) event.images += s->images[i];
    if (s->on_event(s->user, &event)) atomic_store(&s->stopping, true);
}

/* --- workers --- */

static void fail_once(dsc_study *s, dsc_status status, const dsc_error *error) {
    (void)pthread_mutex_lock(&s->mutex);
    /* A real failure replaces the DSC_ERROR_STOPPED that it causes in other trials. */
    if (!s->status || s->status == DSC_ERROR_STOPPED) {
        s->status = status;
        s->error = *error;
    }
    (void)pthread_mutex_unlock(&s->mutex);
    atomic_store(&s->stopping, true);
}

static void run_one(void *context, size_t index, unsigned worker) {
    dsc_study *s = context;
    dsc_error error = {0};
    if (atomic_load(&s->stopping)) return;
    dsc_status status = dsc_study_trial_run(s, s->waiting[index], worker, &error);
    (void)pthread_mutex_lock(&s->mutex);
    s->images[worker] = 0;
    (void)pthread_mutex_unlock(&s->mutex);
    if (status) fail_once(s, status, &error);
}

/* Reads existing results; reports a damaged one and repeats its trial. */
static dsc_status read_results(dsc_study *s, dsc_error *error) {
    s->waiting_count = 0;
    for (size_t i = 0; i < s->count; i++) {
        dsc_error failure = {0};
        dsc_status status = s->trials[i].done ? DSC_OK : dsc_study_result_read(s, i, &failure);
        if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", failure.message);
        if (status) {
            char message[DSC_MESSAGE_SIZE + 64];
            (void)snprintf(message, sizeof message, "%s; the trial is repeated", failure.message);
            dsc_study_tell(s, DSC_STUDY_WARNING, i, message);
        }
        if (s->trials[i].done)
            dsc_study_tell(s, DSC_STUDY_RESULT, i, s->trials[i].failed ? s->trials[i].message : NULL);
        else
            s->waiting[s->waiting_count++] = i;
    }
    return DSC_OK;
}

static dsc_status prepare(dsc_study *s, dsc_error *error) {
    s->status = DSC_OK;
    atomic_store(&s->stopping, false);
    free(s->waiting);
    free(s->images);
    s->waiting = dsc_allocate(s->count, sizeof *s->waiting);
    s->images = dsc_allocate(s->parallel, sizeof *s->images);
    if (!s->waiting || !s->images) return dsc_fail_memory(error, s->count * sizeof *s->waiting, "a study");
    return read_results(s, error);
}

static dsc_status work(dsc_study *s, dsc_error *error) {
    if (!s->waiting_count) return DSC_OK;
    const size_t workers = s->parallel < s->waiting_count ? s->parallel : s->waiting_count;
    dsc_threads *pool;
    s->trial_threads = s->threads > workers ? s->threads / (unsigned)workers : 1;
    dsc_status status = dsc_threads_create(&pool, (unsigned)workers, error);
    if (status) return status;
    dsc_threads_run(pool, s->waiting_count, run_one, s);
    dsc_threads_free(pool);
    if (s->status) {
        if (error) *error = s->error;
        return s->status;
    }
    return atomic_load(&s->stopping) ? dsc_fail(error, DSC_ERROR_STOPPED, "the study was stopped") : DSC_OK;
}

static dsc_status finish(const dsc_study *s, dsc_error *error) {
    size_t failed = 0;
    for (size_t i = 0; i < s->count; i++) {
        /* A process killed after writing a result leaves its checkpoint. */
        char *path = dsc_study_checkpoint_path(s, i);
        if (path) (void)unlink(path);
        free(path);
        failed += s->trials[i].failed;
    }
    (void)rmdir(s->checkpoints);
    if (failed < s->count) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_DIVERGED,
                    "every trial has failed, the first one: %s; choose a smaller learning rate, or clip the "
                    "gradient, as with --clip-norm 1",
                    s->trials->message ? s->trials->message : "");
}

dsc_status dsc_study_run(dsc_study *s, dsc_study_on_event *on_event, void *user, dsc_error *error) {
    s->on_event = on_event;
    s->user = user;
    dsc_status status = prepare(s, error);
    if (!status) status = work(s, error);
    return status ? status : finish(s, error);
}
