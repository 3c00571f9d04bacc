/* SPDX-License-Identifier: MIT */
/*
 * run.h: a training run and its folder.
 *
 *   recipe.json        the recipe as resolved: nothing is left to defaults that may change
 *   log.jsonl          what happened, one JSON object a line: log.h. All plots are made from it
 *   checkpoint         all that the rest of the run depends on: trainer.h
 *   model.safetensors  the result, at the end
 *   start.safetensors  the network before the first step, if it starts from another model (`from`)
 *   teacher.safetensors the model whose answers are learned, if there is one (`teacher`)
 *   snapshots/         how the network stood at some of its epochs, for those who watch: snapshot.h
 *   curves.svg, .png   drawn by the program at the end
 *
 * A folder that holds a file of such a name, whosever it is, is no place for a new run: a run replaces only
 * what is its own. What can fail only at the end is tried at the start: the model is written to memory, its
 * files are made and removed, and there must be room for them. What dead processes left half-written is
 * removed, under the folder's lock.
 *
 * A run survives its process: whenever that is killed, the folder holds a whole checkpoint or none, and
 * dsc_run_resume goes on from there to the same bits. A folder that cannot be written while training goes on
 * is a warning, and is tried again; what could not be saved in the end is an error.
 *
 *   run.c     starting, resuming, training        folder.c   the folder: its number, its lock
 *   log.c     writing log.jsonl                   history.c  reading it
 *   note.c    which lines are written, and when   facts.c    what the log says of the whole run
 *   recipe.c  recipe.json                         none.c     what is named in place of a run
 *   snapshot.c  writing snapshots                 ensemble.c several runs, joined to one model
 */
#ifndef DSC_RUN_RUN_H
#define DSC_RUN_RUN_H

#include "run/names.h"
#include "train/trainer.h"

typedef struct dsc_training_run dsc_training_run;

/* Starts as {0}. */
typedef struct dsc_run_options {
    const char *folder;    /* to be made, or empty; NULL: the next free "runs/NNNN-LABEL": model/label.h */
    const char *name;      /* of the recipe, for the log and the model; NULL: "run" */
    const char *data_name; /* what the data is, for the log; NULL: the dataset's name */
    const dsc_dataset
        *test;        /* what the result will be measured on, so that it stays the same; NULL: not known */
    unsigned threads; /* 0: all */
    bool force;       /* resume though the kernels, or the test set, are others */
    double checkpoint_seconds; /* 0: 10 */
    dsc_remarks *remarks;      /* resuming: what is to be told of the data; NULL: nothing */
} dsc_run_options;

/* Of several processes that share a run (recipe->ranks) each calls these functions. That of rank 0 does all
 * that is said here. The others make a model and a trainer and train; they have no folder and write nothing,
 * but read the one that is resumed. */

/* Makes model and trainer of `recipe` for `data`, its training set, and then the folder, so that a bad
 * recipe leaves none behind. Where only room is missing, the run is left in its folder, and dsc_run_resume
 * begins it. `data` must outlive the run. */
dsc_status dsc_run_start(dsc_training_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                         const dsc_run_options *options, dsc_error *error);

/* The recipe of the run in `folder`, and its name (release with free()), if `name` is not NULL. Release with
 * dsc_recipe_clear. */
dsc_status dsc_run_recipe(dsc_recipe *recipe, char **name, const char *folder, dsc_error *error);

/* Writes such a file. */
dsc_status dsc_run_recipe_write(const char *path, const char *name, const dsc_recipe *recipe,
                                dsc_error *error);

/* Goes on with the run in options->folder, whose recipe is `recipe`, of the name options->name, from its
 * checkpoint, or from the start if it was ended before there was one. Classes of `data` are matched with the
 * run's by name. What the log has beyond the checkpoint is taken out. */
dsc_status dsc_run_resume(dsc_training_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                          const dsc_run_options *options, dsc_error *error);

/* Trains to the end, and saves the model. DSC_ERROR_STOPPED if `on_event` said so: the checkpoint is up to
 * date then. Other errors leave the run resumable from its last checkpoint. */
dsc_status dsc_run_train(dsc_training_run *run, dsc_on_event *on_event, void *user, dsc_error *error);

/* Changes how many steps the run has (dsc_trainer_change_steps), in its folder too: from within `on_event` of
 * a step. If that fails, nothing has changed. */
dsc_status dsc_run_change_steps(dsc_training_run *run, uint64_t steps, dsc_error *error);

/* Notes in the log what the model reached on the test set. */
dsc_status dsc_run_note_test(dsc_training_run *run, const dsc_metrics *metrics, dsc_error *error);

/* Releases all, and lets go of the folder. */
void dsc_run_free(dsc_training_run *run);

const char *dsc_run_folder(const dsc_training_run *run);
const dsc_model *dsc_run_model(const dsc_training_run *run);
const dsc_trainer *dsc_run_trainer(const dsc_training_run *run);
/* What is in the folder is not up to date: a save failed and has not succeeded since. */
bool dsc_run_is_unsaved(const dsc_training_run *run);

/* --- folder.c --- */

/* Makes the next free "PARENT/NNNN-NAME" (release with free()); any number of processes may do so at once.
 * What could not be in a file's name becomes '-'; a path's folders and ".json" are left out. */
dsc_status dsc_run_folder_number(char **folder, const char *parent, const char *name, dsc_error *error);

/* The folder of a search or a study: `wanted`, which is made if it is missing; NULL: the next free
 * "runs/NNNN-KIND-NAME", where of a recipe's file only its own name counts. */
dsc_status dsc_run_folder_take(char **folder, const char *wanted, const char *kind, const char *name,
                               dsc_error *error);

/* Fails if `folder` holds a run, or anything that has one of `names` (NULL ends them), which are about to be
 * written. */
dsc_status dsc_run_folder_claim(const char *folder, const char *const *names, dsc_error *error);

/* Locks a run's folder for this process until the descriptor is closed; fails if another has it. */
dsc_status dsc_run_folder_lock(int *descriptor, const char *folder, dsc_error *error);

/* Fails with what `folder`, which holds no run, is in truth, and what to name in its place. */
dsc_status dsc_run_fail_none(const char *folder, dsc_error *error);

#endif
