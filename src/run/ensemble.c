/* SPDX-License-Identifier: MIT */
/* ensemble.c: see ensemble.h. */
#include "run/ensemble.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/seed.h"
#include "model/label.h"
#include "model/title.h"
#include "run/facts.h"
#include "run/log.h"
#include "run/note.h"
#include "train/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dsc_ensemble_run {
    char *folder, *name;
    dsc_recipe recipe;
    dsc_model *start, *teacher; /* resumed: the folder's copies, which the recipe borrows; NULL: none */
    int lock;
};

/* Files that a new ensemble's folder must not hold. An existing member-01 would be taken for the ensemble's
 * own. */
static const char *const file_names[] = {DSC_RUN_RECIPE,  DSC_RUN_LOG, DSC_RUN_MODEL, DSC_RUN_START,
                                         DSC_RUN_TEACHER, "member-01", NULL};

const char *dsc_ensemble_folder(const dsc_ensemble_run *e) { return e->folder; }
size_t dsc_ensemble_members(const dsc_ensemble_run *e) { return (size_t)e->recipe.members; }

/* Returns "FOLDER/member-01", or the path of a file in that folder; the caller frees it. NULL without
 * memory. */
static char *path_of(const dsc_ensemble_run *e, size_t member, const char *file) {
    char name[64];
    (void)snprintf(name, sizeof name, "member-%02zu%s%s", member + 1, file ? "/" : "", file ? file : "");
    return dsc_path_join(e->folder, name);
}

static dsc_status no_memory(const dsc_ensemble_run *e, dsc_error *error) {
    return dsc_fail_memory(error, strlen(e->folder ? e->folder : ""), "an ensemble's run");
}

/* --- beginning --- */

static dsc_status make(dsc_ensemble_run **result, const dsc_recipe *recipe, const dsc_run_options *options,
                       dsc_error *error) {
    dsc_ensemble_run *e = *result = dsc_allocate(1, sizeof *e);
    if (!e) return dsc_fail_memory(error, sizeof *e, "an ensemble's run");
    e->lock = -1;
    dsc_status status = dsc_recipe_copy(&e->recipe, recipe, error);
    e->name = strdup(options->name ? options->name : "run");
    return status || e->name ? status : no_memory(e, error);
}

void dsc_ensemble_free(dsc_ensemble_run *e) {
    if (!e) return;
    dsc_recipe_clear(&e->recipe);
    dsc_model_free(e->start);
    dsc_model_free(e->teacher);
    if (e->lock >= 0) (void)close(e->lock);
    free(e->folder);
    free(e->name);
    free(e);
}

/* Resolves the recipe as a run does: no setting is left for another machine to decide differently. */
static dsc_status resolve(dsc_recipe *recipe, dsc_error *error) {
    dsc_recipe_parts parts;
    dsc_status status = dsc_recipe_parse(&parts, recipe, error);
    if (!status) {
        recipe->precision = parts.bf16 ? DSC_PRECISION_BF16 : DSC_PRECISION_F32;
        recipe->learning_rate = parts.learning_rate;
        recipe->weight_decay = parts.weight_decay;
    }
    dsc_recipe_parts_release(&parts);
    return status;
}

static void set_member(dsc_recipe *recipe, size_t member) {
    recipe->seed = dsc_seed_spawn(&recipe->seed, (uint32_t)member);
    recipe->members = 1;
}

/* Makes and frees the first member's trainer, to find the errors of the recipe and the network's label, which
 * names the folder. */
static dsc_status try_recipe(char label[DSC_LABEL + 8], const dsc_ensemble_run *e, const dsc_dataset *data,
                             const dsc_run_options *options, dsc_error *error) {
    dsc_recipe recipe;
    dsc_trainer *trainer = NULL;
    char plain[DSC_LABEL];
    dsc_status status = dsc_recipe_copy(&recipe, &e->recipe, error);
    if (!status) {
        set_member(&recipe, 0);
        status = dsc_trainer_create(&trainer, NULL, &recipe, data, options->threads, error);
    }
    if (!status && dsc_model_is_sigmoid(trainer->model))
        status =
            dsc_fail(error, DSC_ERROR_ARGUMENT,
                     "members: an ensemble takes the mean of probabilities of softmax, but the loss is %s; "
                     "use --loss softmax-cross-entropy, or omit members",
                     recipe.loss);
    if (!status) {
        dsc_label_run(plain, recipe.data, trainer->model);
        (void)snprintf(label, DSC_LABEL + 8, "%s-x%zu", plain, dsc_ensemble_members(e));
    }
    dsc_trainer_free(trainer);
    dsc_recipe_clear(&recipe);
    return status;
}

static dsc_status make_folder(dsc_ensemble_run *e, const char *wanted, const char *label, dsc_error *error) {
    if (!wanted) {
        dsc_status status = dsc_run_folder_number(&e->folder, "runs", label, error);
        return status ? dsc_error_context(error, status, "no place for a new run") : DSC_OK;
    }
    e->folder = strdup(wanted);
    return e->folder ? dsc_folder_make(wanted, error) : no_memory(e, error);
}

static dsc_status write_recipe(const dsc_ensemble_run *e, dsc_error *error) {
    char *path = dsc_path_join(e->folder, DSC_RUN_RECIPE);
    dsc_status status = path ? dsc_run_recipe_write(path, e->name, &e->recipe, error) : no_memory(e, error);
    free(path);
    return status;
}

dsc_status dsc_ensemble_start(dsc_ensemble_run **result, const dsc_recipe *recipe, const dsc_dataset *data,
                              const dsc_run_options *options, dsc_error *error) {
    char label[DSC_LABEL + 8];
    dsc_ensemble_run *e;
    *result = NULL;
    dsc_status status = make(&e, recipe, options, error);
    if (!status) status = resolve(&e->recipe, error);
    if (!status) status = try_recipe(label, e, data, options, error);
    if (!status) status = make_folder(e, options->folder, label, error);
    if (!status) status = dsc_run_folder_lock(&e->lock, e->folder, error);
    if (!status) status = dsc_run_folder_claim(e->folder, file_names, error);
    if (!status) status = dsc_run_keep(e->folder, DSC_RUN_START, recipe->from, recipe->start, error);
    if (!status)
        status = dsc_run_keep(e->folder, DSC_RUN_TEACHER, recipe->teacher, recipe->teacher_model, error);
    if (!status) status = write_recipe(e, error);
    if (status)
        dsc_ensemble_free(e);
    else
        *result = e;
    return status;
}

/* Loads the folder's copy of the model `name`, unless the caller of the resume has that model. Ensembles of
 * older versions have no copy: members then load the model's own file. */
static dsc_status load_kept(dsc_model **kept, const dsc_model **borrowed, const dsc_ensemble_run *e,
                            const char *file, const char *name, dsc_error *error) {
    if (!name || *borrowed) return DSC_OK;
    char *path = dsc_path_join(e->folder, file);
    dsc_status status = path ? DSC_OK : no_memory(e, error);
    if (!status && !access(path, F_OK)) status = dsc_model_load(kept, path, error);
    if (!status) *borrowed = *kept;
    free(path);
    return status;
}

dsc_status dsc_ensemble_resume(dsc_ensemble_run **result, const dsc_recipe *recipe,
                               const dsc_run_options *options, dsc_error *error) {
    dsc_ensemble_run *e;
    *result = NULL;
    dsc_status status = make(&e, recipe, options, error);
    if (!status && !(e->folder = strdup(options->folder))) status = no_memory(e, error);
    if (!status) status = dsc_run_folder_lock(&e->lock, e->folder, error);
    if (!status) dsc_file_sweep(e->folder, file_names);
    if (!status) status = load_kept(&e->start, &e->recipe.start, e, DSC_RUN_START, e->recipe.from, error);
    if (!status)
        status =
            load_kept(&e->teacher, &e->recipe.teacher_model, e, DSC_RUN_TEACHER, e->recipe.teacher, error);
    if (status)
        dsc_ensemble_free(e);
    else
        *result = e;
    return status;
}

/* --- members --- */

/* Resumes a member by its own recipe, with the parts of `e->recipe` that no file holds, and other kernels if
 * asked for. Of a finished member (run is NULL) only the data are compared. */
static dsc_status resume(dsc_training_run **run, const dsc_ensemble_run *e, const dsc_dataset *data,
                         const dsc_run_options *options, dsc_error *error) {
    dsc_recipe recipe;
    dsc_status status = dsc_run_recipe(&recipe, NULL, options->folder, error);
    if (!status && e->recipe.kernels) status = dsc_text_replace(&recipe.kernels, e->recipe.kernels, error);
    dsc_recipe_borrow(&recipe, &e->recipe);
    if (!status)
        status = run ? dsc_run_resume(run, &recipe, data, options, error)
                     : dsc_run_compare(&recipe, data, options, error);
    dsc_recipe_clear(&recipe);
    return status;
}

static dsc_status start(dsc_training_run **run, const dsc_ensemble_run *e, size_t member,
                        const dsc_dataset *data, const dsc_run_options *options, dsc_error *error) {
    dsc_recipe recipe;
    static const char *const kept[] = {DSC_RUN_START, DSC_RUN_TEACHER};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        char *path = path_of(e, member, kept[i]);
        if (!path) return no_memory(e, error);
        (void)unlink(path); /* left by a process that was killed before it wrote a recipe */
        free(path);
    }
    dsc_status status = dsc_recipe_copy(&recipe, &e->recipe, error);
    set_member(&recipe, member);
    if (!status) status = dsc_run_start(run, &recipe, data, options, error);
    dsc_recipe_clear(&recipe);
    return status;
}

dsc_status dsc_ensemble_open(dsc_training_run **run, const dsc_ensemble_run *e, size_t member,
                             const dsc_dataset *data, const dsc_run_options *options, dsc_error *error) {
    dsc_run_options own = *options;
    char *folder = path_of(e, member, NULL), *recipe = path_of(e, member, DSC_RUN_RECIPE),
         *model = path_of(e, member, DSC_RUN_MODEL);
    dsc_status status = folder && recipe && model ? DSC_OK : no_memory(e, error);
    *run = NULL;
    own.folder = folder;
    own.name = e->name;
    if (!status && access(model, F_OK) == 0)
        status = resume(NULL, e, data, &own, error);
    else if (!status)
        status = access(recipe, F_OK) ? start(run, e, member, data, &own, error)
                                      : resume(run, e, data, &own, error);
    free(folder);
    free(recipe);
    free(model);
    return status;
}

/* --- the end --- */

static dsc_status join(dsc_model **joined, const dsc_ensemble_run *e, dsc_error *error) {
    const size_t count = dsc_ensemble_members(e);
    dsc_model **models = dsc_allocate(count, sizeof(dsc_model *));
    dsc_status status = models ? DSC_OK : no_memory(e, error);
    for (size_t i = 0; i < count && !status; i++) {
        char *path = path_of(e, i, DSC_RUN_MODEL);
        status = path ? dsc_model_load(&models[i], path, error) : no_memory(e, error);
        free(path);
    }
    if (!status) status = dsc_model_join(joined, (const dsc_model *const *)models, count, error);
    for (size_t i = 0; i < count && models; i++) dsc_model_free(models[i]);
    free(models);
    return status;
}

static dsc_status save(const dsc_ensemble_run *e, const dsc_model *model, dsc_error *error) {
    char *path = dsc_path_join(e->folder, DSC_RUN_MODEL);
    dsc_status status = path ? dsc_model_save(model, path, error) : no_memory(e, error);
    free(path);
    return status;
}

/* Makes the first line of the ensemble's log, from the first member's log, and the last line. */
static dsc_status describe(json_t **start_line, json_t **end_line, const dsc_ensemble_run *e,
                           const dsc_model *model, dsc_error *error) {
    double seconds = 0, epochs = 0;
    dsc_text title = {0};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < dsc_ensemble_members(e) && !status; i++) {
        dsc_run_facts facts;
        char *folder = path_of(e, i, NULL);
        status = folder ? dsc_run_facts_read(&facts, folder, error) : no_memory(e, error);
        if (folder && !status) {
            seconds += facts.seconds;
            epochs += facts.epochs;
            if (!i) *start_line = json_incref(facts.start);
        }
        if (folder) dsc_run_facts_clear(&facts);
        free(folder);
    }
    if (status) return status;
    const json_t *data = json_object_get(*start_line, "data");
    dsc_model_title(&title, model, json_string_value(json_object_get(data, "name")));
    *end_line = json_pack("{s:s, s:i, s:f, s:f}", "event", "end", "step", 0, "epoch",
                          epochs / (double)dsc_ensemble_members(e), "seconds", seconds);
    const bool failed =
        title.failed || !*end_line || json_object_set_new(*start_line, "title", json_string(title.data)) ||
        json_object_set_new(*start_line, "model", json_string(dsc_model_text(model))) ||
        json_object_set_new(*start_line, "members", json_integer((json_int_t)dsc_ensemble_members(e))) ||
        json_object_set_new(*start_line, "parameters", json_integer((json_int_t)dsc_model_parameters(model)));
    dsc_text_free(&title);
    return failed ? no_memory(e, error) : DSC_OK;
}

static dsc_status write_log(const dsc_ensemble_run *e, const dsc_model *model, dsc_error *error) {
    json_t *lines[2] = {NULL, NULL};
    dsc_text text = {0};
    char *path = dsc_path_join(e->folder, DSC_RUN_LOG);
    dsc_status status = path ? describe(&lines[0], &lines[1], e, model, error) : no_memory(e, error);
    for (size_t i = 0; i < 2 && !status; i++) {
        char *line = json_dumps(lines[i], JSON_COMPACT);
        dsc_text_append(&text, "%s\n", line ? line : "");
        if (!line || text.failed) status = no_memory(e, error);
        free(line);
    }
    if (!status) status = dsc_file_write(path, text.data, text.length, error);
    json_decref(lines[0]);
    json_decref(lines[1]);
    dsc_text_free(&text);
    free(path);
    return status;
}

dsc_status dsc_ensemble_finish(dsc_model **model, const dsc_ensemble_run *e, dsc_error *error) {
    *model = NULL;
    dsc_status status = join(model, e, error);
    if (!status) status = write_log(e, *model, error);
    if (!status)
        status = save(e, *model, error); /* last: the model's file means that the ensemble is
                                                   * complete */
    if (!status) return DSC_OK;
    dsc_model_free(*model);
    *model = NULL;
    return status;
}

dsc_status dsc_ensemble_note_test(const dsc_ensemble_run *e, const dsc_metrics *metrics, dsc_error *error) {
    dsc_run_log log = {.descriptor = -1};
    char *path = dsc_path_join(e->folder, DSC_RUN_LOG);
    dsc_status status = path ? dsc_run_log_open(&log, path, error) : no_memory(e, error);
    if (!status) status = dsc_run_note_metrics(&log, 0, metrics, error);
    dsc_run_log_close(&log);
    free(path);
    return status;
}
