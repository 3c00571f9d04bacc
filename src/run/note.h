/* SPDX-License-Identifier: MIT */
/* note.h: what is noted in log.jsonl, and when; log.h has the list of lines. */
#ifndef DSC_RUN_NOTE_H
#define DSC_RUN_NOTE_H

#include "run/log.h"
#include "train/trainer.h"

/* The first line. `data_name` NULL: the dataset's. */
dsc_status dsc_run_note_start(dsc_run_log *log, dsc_trainer *trainer, const char *recipe_name,
                              const char *data_name, dsc_error *error);
dsc_status dsc_run_note_resume(dsc_run_log *log, const dsc_trainer *trainer, dsc_error *error);

/* For a run that goes on without a checkpoint: `data` as the log's first line numbers its classes
 * (dsc_dataset_match_json). A log that is missing, or of an older version, says nothing. */
dsc_status dsc_run_note_match(dsc_dataset **matched, dsc_remarks *remarks, const char *folder,
                              const dsc_dataset *data, dsc_error *error);

/* For a run that goes on without a checkpoint, from the start: fails unless the training data are those of
 * the log's first line. A log that is missing says nothing. */
dsc_status dsc_run_note_compare(const char *folder, dsc_trainer *trainer, dsc_error *error);

/* A line about a step, an epoch, a warning or the end. */
dsc_status dsc_run_note_event(dsc_run_log *log, const dsc_trainer *trainer, const dsc_event *event,
                              dsc_error *error);

/* The line about the test set. */
dsc_status dsc_run_note_metrics(dsc_run_log *log, uint64_t step, const dsc_metrics *metrics,
                                dsc_error *error);

#endif
