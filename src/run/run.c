/* SPDX-License-Identifier: MIT */
/* run.c: starts and resumes a run, and trains with checkpoints and a log. */
#include "run/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "model/label.h"
#include "model/native.h"
#include "model/title.h"
#include "ranks/ranks.h"
#include "run/log.h"
#include "run/note.h"
#include "run/snapshot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_AN_EPOCH = 20 };

struct dsc_training_run {
    char *folder, *recipe_path, *log_path, *checkpoint_path, *model_path;
    char *name;
    int lock;
    dsc_dataset *matched; /* resumed run: the data with the run's class numbers; NULL */
    dsc_trainer *trainer; /* owns the model, too */
    dsc_run_log log;
    double checkpoint_seconds;
    /* while training */
    dsc_on_event *on_event;
    void *user;
    double last_save;             /* clock at the last checkpoint */
    uint64_t saved_step;          /* progress.step of the checkpoint on disk, plus 1; 0: none */
    bool save_failed, log_failed; /* whether the last attempt failed */
    bool stopping;
    dsc_error end_error;  /* why the model could not be saved */
    dsc_error diverged;   /* DSC_ERROR_DIVERGED: a checkpoint was due, but the state was not finite */
    uint64_t model_bytes; /* size of the model's file */
    const char *in_place; /* a file that cannot be replaced atomically; NULL */
};

/* All files and folders that a run writes into its folder. */
static const char *const file_names[] = {
    DSC_RUN_RECIPE,    DSC_RUN_LOG,     DSC_RUN_CHECKPOINT, DSC_RUN_MODEL,      DSC_RUN_START,
    DSC_RUN_SNAPSHOTS, DSC_RUN_TEACHER, DSC_RUN_CURVES_SVG, DSC_RUN_CURVES_PNG, NULL};

const char *dsc_run_folder(const dsc_training_run *run) { return run->folder; }
const dsc_model *dsc_run_model(const dsc_training_run *run) { return run->trainer->model; }
const dsc_trainer *dsc_run_trainer(const dsc_training_run *run) { return run->trainer; }
bool dsc_run_is_unsaved(const dsc_training_run *run) { return run->save_failed || run->log_failed; }

/* --- making --- */

static dsc_status set_paths(dsc_training_run *run, dsc_error *error) {
    run->recipe_path = dsc_path_join(run->folder, DSC_RUN_RECIPE);
    run->log_path = dsc_path_join(run->folder, DSC_RUN_LOG);
    run->checkpoint_path = dsc_path_join(run->folder, DSC_RUN_CHECKPOINT);
    run->model_path = dsc_path_join(run->folder, DSC_RUN_MODEL);
    if (run->recipe_path && run->log_path && run->checkpoint_path && run->model_path) return DSC_OK;
    return dsc_fail_memory(error, strlen(run->folder), "a run");
}

/* Stores what the recipe left open in the trainer's recipe, and so in the checkpoint. */
static void resolve(dsc_trainer *t) {
    t->recipe.precision = t->parts.bf16 ? DSC_PRECISION_BF16 : DSC_PRECISION_F32;
    t->recipe.learning_rate = t->parts.learning_rate;
    t->recipe.weight_decay = t->parts.weight_decay;
}

/* Sets the description in the model file. Models are passed on: the description has no path of this machine,
 * and nothing that differs between two runs of one recipe. */
static dsc_status describe_model(const dsc_training_run *run, const dsc_dataset *data, dsc_error *error) {
    dsc_text title = {0};
    dsc_public_name(&title, dsc_dataset_name(data));
    const dsc_dataset *others = run->trainer->recipe.others_data;
    const char *const about[][2] = {
        {"recipe", run->name}, {"data", title.data}, {"others", others ? dsc_dataset_name(others) : ""}};
    dsc_status status =
        title.failed ? dsc_fail_memory(error, title.capacity, "a model's description") : DSC_OK;
    for (size_t i = 0; i < (others ? 3 : 2) && !status; i++) {
        dsc_text text = {0}; /* may be paths, which need not be UTF-8 */
        dsc_text_append_bytes_as_utf8(&text, about[i][1]);
        status = text.failed ? dsc_fail_memory(error, strlen(about[i][1]), "a model's description")
                             : dsc_model_set_about(run->trainer->model, about[i][0],
                                                   text.data ? text.data : "", error);
        dsc_text_free(&text);
    }
    dsc_text_free(&title);
    return status;
}

/* Finds before training whether the model can be written: a class name in an unknown encoding, for example,
 * cannot. */
static dsc_status write_model_to_memory(dsc_training_run *run, dsc_error *error) {
    unsigned char *bytes;
    size_t size = 0;
    dsc_status status = dsc_model_write(&bytes, &size, run->trainer->model, error);
    free(bytes);
    run->model_bytes = size;
    return status;
}

static dsc_status make(dsc_training_run **result, const dsc_recipe *recipe, const dsc_dataset *data,
                       const dsc_run_options *options, dsc_error *error) {
    *result = NULL;
    dsc_training_run *run = dsc_allocate(1, sizeof *run);
    if (!run) return dsc_fail_memory(error, sizeof *run, "a run");
    run->lock = run->log.descriptor = -1;
    run->checkpoint_seconds = options->checkpoint_seconds > 0 ? options->checkpoint_seconds : 10;
    run->name = strdup(options->name ? options->name : "run");
    dsc_status status = run->name ? DSC_OK : dsc_fail_memory(error, 8, "a run");
    if (!status) status = dsc_trainer_create(&run->trainer, NULL, recipe, data, options->threads, error);
    if (!status) status = describe_model(run, data, error);
    if (!status) status = dsc_trainer_know_test(run->trainer, options->test, error);
    if (!status) status = write_model_to_memory(run, error);
    if (status) {
        dsc_run_free(run);
        return status;
    }
    resolve(run->trainer);
    *result = run;
    return DSC_OK;
}

void dsc_run_free(dsc_training_run *run) {
    if (!run) return;
    dsc_trainer_free(run->trainer);
    dsc_dataset_free(run->matched);
    dsc_run_log_close(&run->log);
    if (run->lock >= 0) (void)close(run->lock);
    free(run->folder);
    free(run->recipe_path);
    free(run->log_path);
    free(run->checkpoint_path);
    free(run->model_path);
    free(run->name);
    free(run);
}

/* --- starting --- */

/* Saves the start model, so that a resumed run does not need the file of `from`. */
static dsc_status save_start(const dsc_training_run *run, dsc_error *error) {
    char *path = dsc_path_join(run->folder, DSC_RUN_START);
    if (!path) return dsc_fail_memory(error, strlen(run->folder), "a run");
    dsc_status status = dsc_model_save(run->trainer->model, path, error);
    free(path);
    return status;
}

dsc_status dsc_run_keep(const char *folder, const char *file, const char *name, const dsc_model *model,
                        dsc_error *error) {
    dsc_model *loaded = NULL;
    if (!name) return DSC_OK;
    char *path = dsc_path_join(folder, file);
    dsc_status status = path ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a run");
    if (!status && !model) status = dsc_model_load(&loaded, name, error);
    if (!status) status = dsc_model_save(model ? model : loaded, path, error);
    dsc_model_free(loaded);
    free(path);
    return status;
}

/* Creates and removes both files that are written at the end, and checks the free space for all files: a new
 * checkpoint is written beside the old one; the log and the others are small. */
static dsc_status rehearse(dsc_training_run *run, dsc_error *error) {
    uint64_t checkpoint;
    bool first = access(run->checkpoint_path, F_OK) != 0;
    dsc_file_way ways[2] = {DSC_FILE_ATOMIC, DSC_FILE_ATOMIC};
    dsc_error why = {0};
    dsc_status status = dsc_trainer_saved_bytes(&checkpoint, run->trainer, &why);
    if (!status) status = dsc_file_rehearse(&ways[0], run->checkpoint_path, checkpoint, &why);
    if (!status) status = dsc_file_rehearse(&ways[1], run->model_path, run->model_bytes, &why);
    if (!status)
        status = dsc_space_check(run->folder,
                                 checkpoint * (first ? 2 : 1) + run->model_bytes +
                                     dsc_run_snapshots_bytes(run->model_bytes) + DSC_SMALL_FILES,
                                 &why);
    run->in_place = ways[0] == DSC_FILE_IN_PLACE   ? run->checkpoint_path
                    : ways[1] == DSC_FILE_IN_PLACE ? run->model_path
                                                   : NULL;
    if (!status) return DSC_OK;
    char word[DSC_SHELL_WORD];
    return dsc_fail(
        error, status,
        "%s; no step was done; when the problem is solved, continue with `descender train --resume %s`",
        why.message, dsc_shell_word(word, run->folder));
}

static dsc_status make_folder(dsc_training_run *run, const dsc_run_options *options, bool *made,
                              dsc_error *error) {
    struct stat info;
    *made = true;
    if (!options->folder) {
        char label[DSC_LABEL];
        dsc_label_run(label, run->trainer->recipe.data, run->trainer->model);
        dsc_status status = dsc_run_folder_number(&run->folder, "runs", label, error);
        return status ? dsc_error_context(error, status, "no place for a new run") : DSC_OK;
    }
    run->folder = strdup(options->folder);
    if (!run->folder) return dsc_fail_memory(error, strlen(options->folder), options->folder);
    *made = stat(run->folder, &info) != 0;
    return dsc_folder_make(run->folder, error);
}

dsc_status dsc_run_start(dsc_training_run **result, const dsc_recipe *recipe, const dsc_dataset *data,
                         const dsc_run_options *options, dsc_error *error) {
    dsc_training_run *run;
    dsc_status status = make(&run, recipe, data, options, error);
    *result = NULL;
    if (status) return status;
    if (dsc_ranks_own(recipe->ranks) > 0) {
        *result = run;
        return DSC_OK;
    }
    bool made;
    status = make_folder(run, options, &made, error);
    if (!status) status = dsc_run_folder_lock(&run->lock, run->folder, error);
    if (!status) status = set_paths(run, error);
    if (!status) dsc_file_sweep(run->folder, file_names);
    if (!status) status = dsc_run_folder_claim(run->folder, file_names, error);
    if (!status && recipe->from) status = save_start(run, error);
    if (!status)
        status = dsc_run_keep(run->folder, DSC_RUN_TEACHER, recipe->teacher, recipe->teacher_model, error);
    if (!status) status = dsc_run_recipe_write(run->recipe_path, run->name, &run->trainer->recipe, error);
    /* Removes the folder only if it is empty. If the lock was refused, another process has the folder and is
     * about to write. */
    if (status && made && run->folder && (run->lock >= 0 || status == DSC_ERROR_MEMORY))
        (void)rmdir(run->folder);
    if (!status) status = dsc_run_log_open(&run->log, run->log_path, error);
    if (!status) status = dsc_run_note_start(&run->log, run->trainer, run->name, options->data_name, error);
    if (!status) status = rehearse(run, error);
    if (status)
        dsc_run_free(run);
    else
        *result = run;
    return status;
}

/* --- resuming --- */

/* Takes the state of the checkpoint, if there is one, after a comparison of data, model and recipe. */
static dsc_status compare(dsc_training_run *run, const dsc_run_options *options, dsc_error *error) {
    return access(run->checkpoint_path, F_OK)
               ? dsc_run_note_compare(run->folder, run->trainer, error)
               : dsc_trainer_restore(run->trainer, run->checkpoint_path, options->force, error);
}

static dsc_status restore(dsc_training_run *run, const dsc_run_options *options, dsc_error *error) {
    bool empty, exists = !access(run->checkpoint_path, F_OK);
    dsc_status status = compare(run, options, error);
    if (status) return status;
    uint64_t step = run->trainer->progress.step;
    run->saved_step = exists ? step + 1 : 0;
    status = dsc_run_log_rewind(&empty, run->log_path, step, !exists, error);
    if (!status) status = dsc_run_log_open(&run->log, run->log_path, error);
    if (!status && empty)
        status = dsc_run_note_start(&run->log, run->trainer, run->name, options->data_name, error);
    if (!status) status = dsc_run_note_resume(&run->log, run->trainer, error);
    return status;
}

/* Numbers the classes of the data as at the start of the run, because the model is made for that order. */
static dsc_status match_data(dsc_dataset **matched, const dsc_run_options *options, const dsc_dataset *data,
                             dsc_error *error) {
    char *path = dsc_path_join(options->folder, DSC_RUN_CHECKPOINT);
    *matched = NULL;
    if (!path) return dsc_fail_memory(error, strlen(options->folder), options->folder);
    if (options->remarks) options->remarks->count = 0;
    dsc_status status = access(path, F_OK)
                            ? dsc_run_note_match(matched, options->remarks, options->folder, data, error)
                            : dsc_checkpoint_match(matched, options->remarks, path, data, error);
    free(path);
    return status;
}

/* Replaces `text`, the name of another model, by the run's own copy of that model, if there is one. */
static dsc_status use_copy(char **text, const dsc_model **model, const char *folder, const char *file,
                           dsc_error *error) {
    char *copy = *text ? dsc_path_join(folder, file) : NULL;
    if (!*text) return DSC_OK;
    if (!copy) return dsc_fail_memory(error, strlen(folder), folder);
    dsc_status status = DSC_OK;
    if (!access(copy, F_OK)) {
        *model = NULL;
        status = dsc_text_replace(text, copy, error);
    }
    free(copy);
    return status;
}

/* Like make(), but takes the run's own copies of the start model and the teacher. */
static dsc_status make_again(dsc_training_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                             const dsc_run_options *options, dsc_error *error) {
    dsc_recipe begun;
    *run = NULL;
    dsc_status status = dsc_recipe_copy(&begun, recipe, error);
    if (!status) status = use_copy(&begun.from, &begun.start, options->folder, DSC_RUN_START, error);
    if (!status)
        status = use_copy(&begun.teacher, &begun.teacher_model, options->folder, DSC_RUN_TEACHER, error);
    if (!status) status = make(run, &begun, data, options, error);
    dsc_recipe *own = status ? NULL : &(*run)->trainer->recipe; /* the recipe keeps the names from the
                                                                 * folder's recipe */
    if (own && recipe->from) status = dsc_text_replace(&own->from, recipe->from, error);
    if (own && !status && recipe->teacher) status = dsc_text_replace(&own->teacher, recipe->teacher, error);
    if (status && *run) {
        dsc_run_free(*run);
        *run = NULL;
    }
    dsc_recipe_clear(&begun);
    return status;
}

dsc_status dsc_run_resume(dsc_training_run **result, const dsc_recipe *recipe, const dsc_dataset *data,
                          const dsc_run_options *options, dsc_error *error) {
    dsc_training_run *run;
    dsc_dataset *matched;
    *result = NULL;
    dsc_status status = match_data(&matched, options, data, error);
    if (status) return status;
    status = make_again(&run, recipe, matched, options, error);
    if (status) {
        dsc_dataset_free(matched);
        return status;
    }
    run->matched = matched;
    if (dsc_ranks_own(recipe->ranks) > 0) { /* rank 0 sends the state when training begins */
        *result = run;
        return DSC_OK;
    }
    run->folder = strdup(options->folder);
    if (!run->folder) status = dsc_fail_memory(error, strlen(options->folder), options->folder);
    if (!status) status = dsc_run_folder_lock(&run->lock, run->folder, error);
    if (!status) dsc_file_sweep(run->folder, file_names);
    if (!status) dsc_run_snapshots_sweep(run->folder);
    if (!status) status = set_paths(run, error);
    if (!status) status = restore(run, options, error);
    if (!status) status = rehearse(run, error);
    if (status)
        dsc_run_free(run);
    else
        *result = run;
    return status;
}

dsc_status dsc_run_compare(const dsc_recipe *recipe, const dsc_dataset *data, const dsc_run_options *options,
                           dsc_error *error) {
    dsc_training_run *run;
    dsc_dataset *matched;
    if (dsc_ranks_own(recipe->ranks) > 0) return DSC_OK; /* rank 0 has the folder */
    dsc_status status = match_data(&matched, options, data, error);
    if (status) return status;
    status = make_again(&run, recipe, matched, options, error);
    if (status) {
        dsc_dataset_free(matched);
        return status;
    }
    run->matched = matched;
    run->folder = strdup(options->folder);
    if (!run->folder) status = dsc_fail_memory(error, strlen(options->folder), options->folder);
    if (!status) status = set_paths(run, error);
    if (!status) status = compare(run, options, error);
    dsc_run_free(run);
    return status;
}

/* --- training --- */

static void pass_on(dsc_training_run *run, const dsc_event *event) {
    if (run->on_event && run->on_event(run->user, event)) run->stopping = true;
}

/* Reports the first failure of a row, and the first success after it. */
static void report_failure(dsc_training_run *run, bool *failing, dsc_status status, const dsc_error *failure,
                           const dsc_event *event, const char *consequence) {
    if (!status || *failing) {
        *failing = status != DSC_OK;
        return;
    }
    *failing = true;
    char message[DSC_MESSAGE_SIZE + 128];
    (void)snprintf(message, sizeof message, "%s; %s", failure->message, consequence);
    dsc_event warning = *event;
    warning.kind = DSC_EVENT_WARNING;
    warning.message = message;
    pass_on(run, &warning);
}

static void save_checkpoint(dsc_training_run *run, const dsc_event *event) {
    dsc_error failure = {0};
    dsc_status status = dsc_trainer_save(run->trainer, run->checkpoint_path, &failure);
    if (status == DSC_ERROR_DIVERGED) {
        run->diverged = failure;
        run->stopping = true;
        return;
    }
    if (!status) run->saved_step = run->trainer->progress.step + 1;
    run->last_save = dsc_clock();
    report_failure(run, &run->save_failed, status, &failure, event,
                   "training continues, and saving will be retried");
}

static void note_event(dsc_training_run *run, const dsc_event *event) {
    dsc_error failure = {0};
    dsc_status status = dsc_run_note_event(&run->log, run->trainer, event, &failure);
    report_failure(run, &run->log_failed, status, &failure, event,
                   "training continues, and writing the log will be retried");
}

/* Writes the `end` line; there is no later attempt. */
static void note_end(dsc_training_run *run, const dsc_event *event) {
    dsc_error failure = {0};
    dsc_status status = dsc_run_note_event(&run->log, run->trainer, event, &failure);
    run->log_failed = false;
    report_failure(run, &run->log_failed, status, &failure, event,
                   "the model is saved, but the log lacks its last lines");
}

static void warn_in_place(dsc_training_run *run, const dsc_event *event) {
    char message[DSC_MESSAGE_SIZE + 128];
    (void)snprintf(
        message, sizeof message,
        "%s: cannot be replaced atomically, so it will be written in place; a crash while writing damages it",
        run->in_place);
    dsc_event warning = *event;
    warning.kind = DSC_EVENT_WARNING;
    warning.message = message;
    pass_on(run, &warning);
}

static bool is_worth_a_line(const dsc_event *event) {
    uint64_t every = (event->steps + LINES_AN_EPOCH - 1) / LINES_AN_EPOCH;
    return event->step % every == 0 || event->step == event->steps;
}

/* Describes the effect of the threshold on held-out images. */
static dsc_status describe_refusal(dsc_training_run *run, dsc_error *error) {
    const dsc_refusal *r = &run->trainer->refusal;
    char below[32], share[32], number[32];
    dsc_text text = {0};
    if (!r->others) return DSC_OK;
    dsc_text_append(&text, "at %s, ", dsc_format_shortest(below, r->below));
    if (r->images)
        dsc_text_append(
            &text, "%s %% of the held-out images are answered, and ",
            dsc_format_fixed(number, sizeof number, 100 * (double)r->answered / (double)r->images, 2));
    dsc_text_append(&text, "%s %% of the held-out images of no class are refused",
                    dsc_format_fixed(share, sizeof share, 100 * (double)r->refused / (double)r->others, 2));
    const dsc_status status =
        text.failed ? dsc_fail_memory(error, text.length, "a model's description")
                    : dsc_model_set_about(run->trainer->model, DSC_ABOUT_REFUSAL, text.data, error);
    dsc_text_free(&text);
    return status;
}

static void save_model(dsc_training_run *run) {
    dsc_status status = describe_refusal(run, &run->end_error);
    if (!status) status = dsc_model_save(run->trainer->model, run->model_path, &run->end_error);
    run->save_failed = status != DSC_OK;
}

/* Ignores failures: snapshots are optional, and a folder that cannot be written is reported with the
 * checkpoint. */
static void note_snapshot(const dsc_training_run *run) {
    (void)dsc_run_snapshot(run->trainer, run->folder, run->model_bytes, NULL);
}

static void react(dsc_training_run *run, const dsc_event *event) {
    switch (event->kind) {
    case DSC_EVENT_START:
        if (run->in_place) warn_in_place(run, event);
        if (!run->trainer->progress.step) note_snapshot(run);
        break;
    case DSC_EVENT_STEP:
        if (is_worth_a_line(event)) note_event(run, event);
        /* The end of an epoch is saved only with its validation, so that no line is written twice. */
        if (dsc_clock() - run->last_save >= run->checkpoint_seconds &&
            !dsc_trainer_epoch_is_done(run->trainer)) {
            save_checkpoint(run, event);
            note_snapshot(run);
        }
        break;
    case DSC_EVENT_WARNING:
        note_event(run, event);
        break;
    case DSC_EVENT_EPOCH:
        note_event(run, event);
        save_checkpoint(run, event);
        note_snapshot(run);
        break;
    case DSC_EVENT_END:
        save_model(run);
        if (!run->save_failed) note_end(run, event);
        break;
    }
}

static int on_event(void *user, const dsc_event *event) {
    dsc_training_run *run = user;
    react(run, event);
    pass_on(run, event);
    return run->stopping;
}

enum { REMEDY = DSC_SHELL_WORD + 160 };

/* Describes what is saved, and how `descender train --resume` continues. */
static const char *remedy(const dsc_training_run *run, char out[REMEDY]) {
    char word[DSC_SHELL_WORD];
    (void)dsc_shell_word(word, run->folder);
    if (run->saved_step)
        (void)snprintf(
            out, REMEDY,
            "the checkpoint of step %llu is kept: continue from it with `descender train --resume %s`",
            (unsigned long long)run->saved_step - 1, word);
    else
        (void)snprintf(out, REMEDY,
                       "no checkpoint could be saved: start again with `descender train --resume %s`", word);
    return out;
}

static dsc_status save_at_stop(dsc_training_run *run, dsc_error *error) {
    const bool saved = run->saved_step == run->trainer->progress.step + 1 && !run->save_failed;
    dsc_error failure = {0};
    dsc_status status = saved ? DSC_OK : dsc_trainer_save(run->trainer, run->checkpoint_path, &failure);
    run->save_failed = status != DSC_OK;
    if (!status) {
        dsc_run_log_begin(&run->log, "stop", run->trainer->progress.step);
        (void)dsc_run_log_end(&run->log, NULL); /* resuming removes the lines after the checkpoint */
        return DSC_ERROR_STOPPED;
    }
    if (status == DSC_ERROR_DIVERGED) return dsc_fail(error, status, "%s", failure.message);
    char next[REMEDY];
    return dsc_fail(error, status,
                    "training was stopped, and the work since the last checkpoint is lost: %s; %s",
                    failure.message, remedy(run, next));
}

static dsc_status note_error(dsc_training_run *run, dsc_status status, const dsc_error *error) {
    dsc_run_log_begin(&run->log, "error", run->trainer->progress.step);
    dsc_run_log_text(&run->log, "message", error ? error->message : "");
    (void)dsc_run_log_end(&run->log, NULL); /* an error is already being reported */
    return status;
}

dsc_status dsc_run_train(dsc_training_run *run, dsc_on_event *listener, void *user, dsc_error *error) {
    run->on_event = listener;
    run->user = user;
    run->stopping = false;
    run->last_save = dsc_clock();
    if (!run->folder) return dsc_trainer_run(run->trainer, listener, user, error);
    dsc_status status = dsc_trainer_run(run->trainer, on_event, run, error);
    if (run->diverged.code) status = dsc_fail(error, run->diverged.code, "%s", run->diverged.message);
    if (status == DSC_ERROR_STOPPED) return save_at_stop(run, error);
    if (status) return note_error(run, status, error);
    if (!run->save_failed) return DSC_OK;
    char next[REMEDY];
    return dsc_fail(error, run->end_error.code,
                    "training is complete, but its result could not be saved: %s; solve that problem; %s",
                    run->end_error.message, remedy(run, next));
}

dsc_status dsc_run_change_steps(dsc_training_run *run, uint64_t steps, dsc_error *error) {
    dsc_trainer *t = run->trainer;
    const dsc_length before = t->length;
    char *text = t->recipe.steps;
    t->recipe.steps = NULL;
    dsc_status status = dsc_trainer_change_steps(t, steps, error);
    if (!status) status = dsc_run_recipe_write(run->recipe_path, run->name, &t->recipe, error);
    if (status) {
        free(t->recipe.steps);
        t->recipe.steps = text;
        t->length = before;
        return status;
    }
    free(text);
    dsc_run_log_begin(&run->log, "steps", t->progress.step);
    dsc_run_log_count(&run->log, "steps", steps);
    (void)dsc_run_log_end(&run->log, NULL); /* the recipe has the change, too */
    return DSC_OK;
}

dsc_status dsc_run_note_test(dsc_training_run *run, const dsc_metrics *metrics, dsc_error *error) {
    return dsc_run_note_metrics(&run->log, run->trainer->progress.step, metrics, error);
}
