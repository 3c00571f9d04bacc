/* SPDX-License-Identifier: MIT */
/* run.c: runs the rungs in order: finds the members, then runs the unfinished ones concurrently. */
#include "tune/work.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

/* --- a rung --- */

void dsc_tune_fail(dsc_tune *tune, dsc_status status, const dsc_error *error) {
    /* A real failure replaces the DSC_ERROR_STOPPED that it causes in other trials. */
    if (!tune->status || tune->status == DSC_ERROR_STOPPED) {
        tune->status = status;
        tune->error = *error;
    }
    atomic_store(&tune->stopping, true);
}

static void run_one(void *context, size_t index, unsigned worker) {
    dsc_tune *tune = context;
    dsc_error error = {0};
    dsc_tune_outcome outcome;
    if (atomic_load(&tune->stopping)) return;
    dsc_status status = dsc_tune_trial_run(tune, tune->waiting[index], worker, &outcome, &error);
    (void)pthread_mutex_lock(&tune->mutex);
    tune->running[worker].active = false;
    if (!status) status = dsc_tune_note(tune, tune->waiting[index], &outcome, &error);
    if (status) dsc_tune_fail(tune, status, &error);
    (void)pthread_mutex_unlock(&tune->mutex);
}

static void find_waiting(dsc_tune *tune) {
    tune->member_count = dsc_tune_members(tune->members, &tune->search, tune->rung);
    tune->waiting_count = 0;
    for (size_t i = 0; i < tune->member_count; i++)
        if (!dsc_tune_result_of(&tune->search, tune->members[i], tune->rung)->done)
            tune->waiting[tune->waiting_count++] = tune->members[i];
}

static dsc_status run_alone(dsc_tune *tune, dsc_error *error) {
    size_t workers = tune->parallel < tune->waiting_count ? tune->parallel : tune->waiting_count;
    tune->trial_threads = tune->threads > workers ? tune->threads / (unsigned)workers : 1;
    dsc_threads *pool;
    dsc_status status = dsc_threads_create(&pool, (unsigned)workers, error);
    if (status) return status;
    dsc_threads_run(pool, tune->waiting_count, run_one, tune);
    dsc_threads_free(pool);
    if (tune->status) {
        if (error) *error = tune->error;
        return tune->status;
    }
    return atomic_load(&tune->stopping) ? dsc_fail(error, DSC_ERROR_STOPPED, "the search was stopped")
                                        : DSC_OK;
}

static dsc_status run_rung(dsc_tune *tune, dsc_error *error) {
    find_waiting(tune);
    if (!tune->waiting_count) return DSC_OK; /* already done, or all trials failed: the end reports which */
    if (!dsc_tune_follows(tune)) dsc_tune_drop_losers(tune);
    dsc_tune_tell(tune, DSC_TUNE_RUNG, 0, NULL);
    return dsc_ranks_count(tune->ranks) > 1 ? dsc_tune_spread(tune, error) : run_alone(tune, error);
}

/* --- the end --- */

/* The recipe, its name, and its origin. */
static dsc_status save_best(const dsc_tune *tune, size_t best, dsc_error *error) {
    const dsc_tune_search *s = &tune->search;
    const dsc_tune_result *result = dsc_tune_result_of(s, best, dsc_tune_reached(s, best));
    dsc_recipe recipe;
    dsc_status status = dsc_tune_final_recipe(&recipe, s, best, error);
    if (status) return status;
    dsc_text text = {0}, comment = {0}, file = {0};
    char accuracy[32], *path = dsc_path_join(tune->folder, DSC_TUNE_BEST);
    status = dsc_recipe_to_json(&text, &recipe, error);
    dsc_recipe_clear(&recipe);
    dsc_text_append(&comment, "the best of %zu trials: number %zu, %s %% of the held-out samples of %s",
                    s->trials, best + 1,
                    dsc_format_fixed(accuracy, sizeof accuracy, 100 * result->accuracy, 2), s->data_name);
    json_t *json = status ? NULL : json_object(), *body = status ? NULL : json_loads(text.data, 0, NULL);
    bool made = path && !comment.failed && json && body &&
                !json_object_set_new(json, "name", dsc_json_text(s->name)) &&
                !json_object_set_new(json, "comment", dsc_json_text(comment.data)) &&
                !json_object_update(json, body);
    if (made) {
        dsc_json_format(&file, json);
        dsc_text_append(&file, "\n");
    }
    if (!status && (!made || file.failed)) status = dsc_fail_memory(error, text.length, DSC_TUNE_BEST);
    if (!status) status = dsc_file_write(path, file.data, file.length, error);
    json_decref(json);
    json_decref(body);
    dsc_text_free(&text);
    dsc_text_free(&comment);
    dsc_text_free(&file);
    free(path);
    return status;
}

static dsc_status finish(dsc_tune *tune, dsc_error *error) {
    size_t best;
    if (!dsc_tune_best(&best, &tune->search))
        return dsc_fail(error, DSC_ERROR_DIVERGED,
                        "every trial has failed; the journal says why: %s/" DSC_TUNE_JOURNAL
                        "; search smaller learning rates, or clip the gradient, as with --clip-norm 1",
                        tune->folder);
    if (dsc_tune_follows(tune)) return DSC_OK;
    dsc_status status = save_best(tune, best, error);
    if (!status && !tune->search.finished)
        status = dsc_tune_journal_append(&tune->journal, dsc_tune_end_line(&tune->search, best), error);
    if (status) return status;
    tune->search.finished = true;
    dsc_tune_clean(tune);
    dsc_tune_tell(tune, DSC_TUNE_END, best, NULL);
    return DSC_OK;
}

static dsc_status prepare(dsc_tune *tune, dsc_error *error) {
    size_t trials = tune->search.trials;
    tune->status = DSC_OK;
    atomic_store(&tune->stopping, false);
    free(tune->members);
    free(tune->waiting);
    free(tune->running);
    tune->members = dsc_allocate(trials, sizeof *tune->members);
    tune->waiting = dsc_allocate(trials, sizeof *tune->waiting);
    tune->running_count = tune->parallel;
    tune->running = dsc_allocate(tune->running_count, sizeof *tune->running);
    if (tune->members && tune->waiting && tune->running) return DSC_OK;
    return dsc_fail_memory(error, trials * sizeof *tune->members, "a search");
}

dsc_status dsc_tune_run(dsc_tune *tune, dsc_tune_on_event *on_event, void *user, dsc_error *error) {
    tune->on_event = on_event;
    tune->user = user;
    dsc_status status = dsc_tune_agree(tune->ranks, prepare(tune, error), error);
    for (tune->rung = 0; !status && tune->rung < tune->search.plan.count; tune->rung++)
        status = run_rung(tune, error);
    if (tune->rung) tune->rung--;
    return status ? status : finish(tune, error);
}
