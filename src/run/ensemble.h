/* SPDX-License-Identifier: MIT */
/* ensemble.h: several networks of one recipe, trained one after the other, and joined to one model.
 *
 *   recipe.json         the recipe, whose `members` says how many
 *   member-01, ...      the run of each: run.h. Its recipe is the same, but for one member and a seed of its
 *                       own
 *   log.jsonl           at the end: what the first member's log says of machine and data, and how long all
 *                       took
 *   model.safetensors   at the end: the ensemble
 *
 * The seed of member m, which count from 0, is that of numpy.random.SeedSequence(seed).spawn(m + 1)[m]: its
 * first 64 bits. A killed process leaves finished members finished and the others resumable; whoever goes on
 * gets the same bits. */
#ifndef DSC_RUN_ENSEMBLE_H
#define DSC_RUN_ENSEMBLE_H

#include "run/run.h"

typedef struct dsc_ensemble_run dsc_ensemble_run;

/* Makes the folder options->folder, or the next free "runs/NNNN-LABEL-xMEMBERS", for `recipe`, which has two
 * members or more. Of `options` folder and name count. No folder is left behind by a recipe that is wrong. */
dsc_status dsc_ensemble_start(dsc_ensemble_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                              const dsc_run_options *options, dsc_error *error);

/* Goes on in options->folder, whose recipe is `recipe` (dsc_run_recipe). */
dsc_status dsc_ensemble_resume(dsc_ensemble_run **run, const dsc_recipe *recipe,
                               const dsc_run_options *options, dsc_error *error);

/* Member number `member`, from 0, to be trained by dsc_run_train; its run is begun, or goes on. *run NULL: it
 * is finished. Of `options` all counts but the folder and the name. Release with dsc_run_free, which ends
 * before the next one is opened. */
dsc_status dsc_ensemble_open(dsc_training_run **run, const dsc_ensemble_run *ensemble, size_t member,
                             const dsc_dataset *data, const dsc_run_options *options, dsc_error *error);

/* When all are finished: joins them, and writes model and log. Release the model with dsc_model_free. */
dsc_status dsc_ensemble_finish(dsc_model **model, const dsc_ensemble_run *ensemble, dsc_error *error);

/* Notes in the log what the ensemble reached on the test set. */
dsc_status dsc_ensemble_note_test(const dsc_ensemble_run *ensemble, const dsc_metrics *metrics,
                                  dsc_error *error);

const char *dsc_ensemble_folder(const dsc_ensemble_run *ensemble);
size_t dsc_ensemble_members(const dsc_ensemble_run *ensemble);
/* Lets go of the folder. */
void dsc_ensemble_free(dsc_ensemble_run *ensemble);

#endif
