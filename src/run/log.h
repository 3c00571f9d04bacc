/* SPDX-License-Identifier: MIT */
/* log.h: log.jsonl, the events of a run in order, one JSON object per line.
 *
 * Every line has "event" and "step", the number of steps done. The events:
 *
 *   start    first line: format, version, time, machine, kernels and why they were chosen, precision,
 *            threads, recipe, title (data and network, for display), model, data with counts and checksums,
 *            dataset (shape and class names), memory
 *   resume   another process resumes here: version, time, machine, kernels and why, precision, threads
 *   step     every twentieth of an epoch: epoch, loss and accuracy of the epoch so far, learning_rate,
 *            seconds
 *   epoch    at its end: the same, and validation_loss, validation_accuracy (null without a validation set)
 *   steps    the run was shortened or lengthened: steps, of the whole run
 *   warning  something looks wrong: message
 *   error    why training failed: message
 *   stop     training was stopped, and saved
 *   end      the model is finished: seconds
 *   test     the results on the test set: loss, accuracy, accuracy_low, accuracy_high, count; not_finite, the
 *            number of answers that are NaN or infinite, which count as errors, if there are any: the loss is
 *            then null
 *
 * A line that cannot be written is kept and written with the next one. The file has only whole lines, unless
 * the process is killed while writing; resuming repairs that. */
#ifndef DSC_RUN_LOG_H
#define DSC_RUN_LOG_H

#include "base/text.h"

#include <jansson.h>

enum { DSC_RUN_LOG_FORMAT = 1 };

/* Starts as {.descriptor = -1}. */
typedef struct dsc_run_log {
    int descriptor;
    char *path;
    uint64_t end; /* size of the whole lines in the file */
    dsc_text line, pending;
    bool failing;
} dsc_run_log;

/* Opens the file for appending; creates it if it is missing. */
dsc_status dsc_run_log_open(dsc_run_log *log, const char *path, dsc_error *error);
void dsc_run_log_close(dsc_run_log *log);

/* dsc_run_log_begin starts a line, the other functions add members, dsc_run_log_end writes the line. Numbers
 * that are not finite become null. */
void dsc_run_log_begin(dsc_run_log *log, const char *event, uint64_t step);
void dsc_run_log_count(dsc_run_log *log, const char *key, uint64_t value);
void dsc_run_log_real(dsc_run_log *log, const char *key, double value);
void dsc_run_log_text(dsc_run_log *log, const char *key, const char *value);
/* NULL marks the line as failed for lack of memory. */
void dsc_run_log_json(dsc_run_log *log, const char *key, const json_t *value);
void dsc_run_log_group(dsc_run_log *log, const char *key); /* opens an object for the members that follow */
void dsc_run_log_group_end(dsc_run_log *log);
dsc_status dsc_run_log_end(dsc_run_log *log, dsc_error *error);

/* Removes, atomically, the lines that a run resumed from `step` will write again: lines after that step,
 * `end`, `test`, `error` and `stop` lines, and an incomplete last line. from_start: keeps only the start
 * line. *empty: no line is left, or the file is missing, which is not an error. */
dsc_status dsc_run_log_rewind(bool *empty, const char *path, uint64_t step, bool from_start,
                              dsc_error *error);

/* --- history.c: reads the log for plots --- */

typedef struct dsc_run_point {
    double epoch; /* epochs done, with fraction */
    double loss, accuracy, validation_loss, validation_accuracy, learning_rate, seconds;
} dsc_run_point;

typedef struct dsc_run_history {
    dsc_run_point *steps, *epochs;
    size_t step_count, epoch_count, step_capacity, epoch_capacity;
} dsc_run_history;

/* Reads the curves; free with dsc_run_history_free. Loss and accuracy of a step are means since the step line
 * before; those of an epoch are means over the epoch. Skips lines that it cannot parse, because a running
 * training may be writing. */
dsc_status dsc_run_history_read(dsc_run_history *history, const char *path, dsc_error *error);
void dsc_run_history_free(dsc_run_history *history);

#endif
