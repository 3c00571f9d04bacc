/* SPDX-License-Identifier: MIT */
/* run.h: a training run and its folder.
 *
 *   recipe.json        the resolved recipe: no setting is left to defaults that may change
 *   log.jsonl          the events, one JSON object per line: log.h. All plots are made from it
 *   checkpoint         the whole state of the run: trainer.h
 *   model.safetensors  the result, at the end
 *   start.safetensors  the network before the first step, if it starts from another model (`from`)
 *   teacher.safetensors the model whose answers are learned, if there is one (`teacher`)
 *   snapshots/         the network at some epochs, for display: snapshot.h
 *   curves.svg, .png   drawn by the program at the end
 *
 * A new run refuses a folder that already holds a file of one of these names: a run replaces only its own
 * files. Failures of the end are tested at the start: the model is written to memory, its files are created
 * and removed, and the free space is checked. The run holds the folder's lock and removes incomplete files of
 * dead processes.
 *
 * If the process is killed, the folder holds a whole checkpoint or none, and dsc_run_resume continues from
 * there with the same bits. A failed write during training is a warning and is tried again; a failed write at
 * the end is an error.
 *
 *   run.c     starting, resuming, training        folder.c   the folder: its number, its lock
 *   log.c     writing log.jsonl                   history.c  reading log.jsonl
 *   note.c    which lines are written, and when   facts.c    what the log says about the whole run
 *   recipe.c  recipe.json                         none.c     what a folder is that holds no run
 *   snapshot.c  writing snapshots                 ensemble.c several runs, joined to one model */
#ifndef DSC_RUN_RUN_H
#define DSC_RUN_RUN_H

#include "run/names.h"
#include "train/trainer.h"

typedef struct dsc_training_run dsc_training_run;

/* Starts as {0}. */
typedef struct dsc_run_options {
    const char *folder;        /* to be made, or empty; NULL: next free "runs/NNNN-LABEL" (model/label.h) */
    const char *name;          /* the recipe's, for the log and the model; NULL: "run" */
    const char *data_name;     /* the data's, for the log; NULL: the data set's name */
    const dsc_dataset *test;   /* the later test set, which must stay the same; NULL: unknown */
    unsigned threads;          /* 0: all processors */
    bool force;                /* resume with other kernels or another test set */
    double checkpoint_seconds; /* between checkpoints; 0: 10 */
    dsc_remarks *remarks;      /* resuming: receives remarks about the data; NULL: none */
} dsc_run_options;

/* If several processes share a run (recipe->ranks), each calls these functions. Rank 0 does what is described
 * here. The others make a model and a trainer and train; they write nothing, but read the folder of a resumed
 * run. */

/* Makes the model and trainer of `recipe` for the training set `data`, then the folder: a wrong recipe leaves
 * no folder behind. If only disk space is missing, the folder stays and dsc_run_resume begins the run. `data`
 * must outlive the run. Release with dsc_run_free. */
dsc_status dsc_run_start(dsc_training_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                         const dsc_run_options *options, dsc_error *error);

/* Reads the recipe of the run in `folder` (release with dsc_recipe_clear) and, if `name` is not NULL, its
 * name (the caller frees it). */
dsc_status dsc_run_recipe(dsc_recipe *recipe, char **name, const char *folder, dsc_error *error);

/* Saves another model in `folder`, so that a resumed run does not need that model's own file: `model`, or if
 * it is NULL the model of the file `name`. A NULL `name`: there is no other model, and nothing is saved. */
dsc_status dsc_run_keep(const char *folder, const char *file, const char *name, const dsc_model *model,
                        dsc_error *error);

/* Writes a recipe file with a name. */
dsc_status dsc_run_recipe_write(const char *path, const char *name, const dsc_recipe *recipe,
                                dsc_error *error);

/* Resumes the run in options->folder with the recipe `recipe` and the name options->name, from its
 * checkpoint; without a checkpoint, from the start. Classes of `data` are matched with the run's by name.
 * Removes log lines after the checkpoint. */
dsc_status dsc_run_resume(dsc_training_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                          const dsc_run_options *options, dsc_error *error);

/* Fails as dsc_run_resume does if the data or the recipe are not those of the run in options->folder. Changes
 * nothing: for a run that is finished. */
dsc_status dsc_run_compare(const dsc_recipe *recipe, const dsc_dataset *data, const dsc_run_options *options,
                           dsc_error *error);

/* Trains to the end and saves the model. DSC_ERROR_STOPPED if `on_event` asked for it; the checkpoint is then
 * up to date. After other errors the run can be resumed from its last checkpoint. */
dsc_status dsc_run_train(dsc_training_run *run, dsc_on_event *on_event, void *user, dsc_error *error);

/* Changes the number of steps (dsc_trainer_change_steps), also in the folder. Call it within `on_event` of a
 * step. A failure changes nothing. */
dsc_status dsc_run_change_steps(dsc_training_run *run, uint64_t steps, dsc_error *error);

/* Writes the model's results on the test set to the log. */
dsc_status dsc_run_note_test(dsc_training_run *run, const dsc_metrics *metrics, dsc_error *error);

/* Releases everything, including the lock of the folder. */
void dsc_run_free(dsc_training_run *run);

const char *dsc_run_folder(const dsc_training_run *run);
const dsc_model *dsc_run_model(const dsc_training_run *run);
const dsc_trainer *dsc_run_trainer(const dsc_training_run *run);
/* Whether the folder is out of date: a save failed, and none has succeeded since. */
bool dsc_run_is_unsaved(const dsc_training_run *run);

/* --- folder.c --- */

/* Makes the next free folder "PARENT/NNNN-NAME"; the caller frees its path. Several processes may call it at
 * once. Characters that a file name cannot have become '-'; of a path only the last part without ".json"
 * counts. */
dsc_status dsc_run_folder_number(char **folder, const char *parent, const char *name, dsc_error *error);

/* Makes the folder of a search or a study: `wanted`, if it is missing; NULL: the next free
 * "runs/NNNN-KIND-NAME", where of a recipe file's path only the last part counts. The caller frees the
 * path. */
dsc_status dsc_run_folder_take(char **folder, const char *wanted, const char *kind, const char *name,
                               dsc_error *error);

/* Fails if `folder` holds a run or a file of one of `names` (ended by NULL), which will be written. */
dsc_status dsc_run_folder_claim(const char *folder, const char *const *names, dsc_error *error);

/* Locks a run's folder for this process until the descriptor is closed. Fails if another process holds the
 * lock. */
dsc_status dsc_run_folder_lock(int *descriptor, const char *folder, dsc_error *error);

/* Fails with a message that says what `folder` is instead of a run, and what to name in its place. */
dsc_status dsc_run_fail_none(const char *folder, dsc_error *error);

#endif
