/* SPDX-License-Identifier: MIT */
/* ensemble.h: trains several networks of one recipe, one after the other, and joins them to one model. In the
 * ensemble's folder:
 *
 *   recipe.json         the recipe; its `members` is the number of networks
 *   member-01, ...      the run of each member (run.h): the same recipe with one member and its own seed
 *   start.safetensors   the model of `from`, if there is one; teacher.safetensors: that of `teacher`. They
 *                       serve the members that begin after a resume
 *   log.jsonl           at the end: machine and data from the first member's log, and the total time
 *   model.safetensors   at the end: the ensemble
 *
 * The seed of member m, from 0, is the first 64 bits of numpy.random.SeedSequence(seed).spawn(m + 1)[m]. If
 * the process is killed, finished members stay and unfinished ones can be resumed, with the same bits as
 * without the interruption. */
#ifndef DSC_RUN_ENSEMBLE_H
#define DSC_RUN_ENSEMBLE_H

#include "run/run.h"

typedef struct dsc_ensemble_run dsc_ensemble_run;

/* Makes the folder options->folder, or the next free "runs/NNNN-LABEL-xMEMBERS". `recipe` has at least two
 * members. Reads only `folder` and `name` of `options`. A wrong recipe leaves no folder behind. Release with
 * dsc_ensemble_free. */
dsc_status dsc_ensemble_start(dsc_ensemble_run **run, const dsc_recipe *recipe, const dsc_dataset *data,
                              const dsc_run_options *options, dsc_error *error);

/* Resumes the ensemble in options->folder, whose recipe is `recipe` (dsc_run_recipe). */
dsc_status dsc_ensemble_resume(dsc_ensemble_run **run, const dsc_recipe *recipe,
                               const dsc_run_options *options, dsc_error *error);

/* Starts or resumes the run of member `member`, from 0; dsc_run_train trains it. *run is NULL if the member
 * is finished. Ignores `folder` and `name` of `options`. Release the run with dsc_run_free before opening the
 * next one. */
dsc_status dsc_ensemble_open(dsc_training_run **run, const dsc_ensemble_run *ensemble, size_t member,
                             const dsc_dataset *data, const dsc_run_options *options, dsc_error *error);

/* Joins the members, which must all be finished, and writes model and log. Release the model with
 * dsc_model_free. */
dsc_status dsc_ensemble_finish(dsc_model **model, const dsc_ensemble_run *ensemble, dsc_error *error);

/* Writes the ensemble's results on the test set to the log. */
dsc_status dsc_ensemble_note_test(const dsc_ensemble_run *ensemble, const dsc_metrics *metrics,
                                  dsc_error *error);

const char *dsc_ensemble_folder(const dsc_ensemble_run *ensemble);
size_t dsc_ensemble_members(const dsc_ensemble_run *ensemble);
/* Releases everything, including the lock of the folder. */
void dsc_ensemble_free(dsc_ensemble_run *ensemble);

#endif
