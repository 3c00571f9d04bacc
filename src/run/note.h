/* SPDX-License-Identifier: MIT */
/* note.h: what is written to log.jsonl, and when; log.h lists the lines. */
#ifndef DSC_RUN_NOTE_H
#define DSC_RUN_NOTE_H

#include "run/log.h"
#include "train/trainer.h"

/* Writes the first line. `data_name` NULL: the name of the data set. */
dsc_status dsc_run_note_start(dsc_run_log *log, dsc_trainer *trainer, const char *recipe_name,
                              const char *data_name, dsc_error *error);
dsc_status dsc_run_note_resume(dsc_run_log *log, const dsc_trainer *trainer, dsc_error *error);

/* For a run that is resumed without a checkpoint: renumbers the classes of `data` as in the log's first line
 * (dsc_dataset_match_json); the caller frees `matched`. A log that is missing or of an older version changes
 * nothing. */
dsc_status dsc_run_note_match(dsc_dataset **matched, dsc_remarks *remarks, const char *folder,
                              const dsc_dataset *data, dsc_error *error);

/* For a run that is resumed from the start, without a checkpoint: fails unless the training data are those of
 * the log's first line. A missing log is not an error. */
dsc_status dsc_run_note_compare(const char *folder, dsc_trainer *trainer, dsc_error *error);

/* Writes the line of a step, an epoch, a warning or the end. */
dsc_status dsc_run_note_event(dsc_run_log *log, const dsc_trainer *trainer, const dsc_event *event,
                              dsc_error *error);

/* Writes the line of the test set. */
dsc_status dsc_run_note_metrics(dsc_run_log *log, uint64_t step, const dsc_metrics *metrics,
                                dsc_error *error);

#endif
