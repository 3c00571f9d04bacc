/* SPDX-License-Identifier: MIT */
/*
 * log.h: log.jsonl, what happened in a run, one JSON object a line, in order.
 *
 * Every line has "event" and "step", the steps done by then. The events:
 *
 *   start    what runs: format, version, time, machine, kernels and why they were chosen, precision,
 *            threads, recipe, title (data and network, for people), model, data with its counts and
 *            checksums, dataset (its shape and the names of its classes), memory. The first line.
 *   resume   another process goes on from here: version, time, machine, kernels and why, precision, threads
 *   step     every twentieth of an epoch: epoch, loss and accuracy of the epoch so far, learning_rate,
 *            seconds
 *   epoch    at its end: the same, and validation_loss, validation_accuracy (null without a validation set)
 *   steps    the run was shortened or lengthened on the way: steps, of the whole run
 *   warning  something looks wrong: message
 *   error    why training ended early: message
 *   stop     training was stopped, and saved
 *   end      the model is finished: seconds
 *   test     what it reached on the test set: loss, accuracy, accuracy_low, accuracy_high, count;
 *            not_finite, the answers that are NaN or infinite and count as wrong, if there are any: then the
 *            loss is null
 *
 * Lines that cannot be written are kept and tried again with the next one; a line is there wholly or not at
 * all, except after a kill in mid-write, and that is repaired when the run is resumed.
 */
#ifndef DSC_RUN_LOG_H
#define DSC_RUN_LOG_H

#include "base/text.h"

#include <jansson.h>

enum { DSC_RUN_LOG_FORMAT = 1 };

/* Starts as {.descriptor = -1}. */
typedef struct dsc_run_log {
    int descriptor;
    char *path;
    uint64_t end; /* bytes of whole lines in the file */
    dsc_text line, pending;
    bool failing;
} dsc_run_log;

/* Opens for appending; makes the file if it is missing. */
dsc_status dsc_run_log_open(dsc_run_log *log, const char *path, dsc_error *error);
void dsc_run_log_close(dsc_run_log *log);

/* Begins a line, adds members, ends it: only that writes. Numbers that are not finite become null. */
void dsc_run_log_begin(dsc_run_log *log, const char *event, uint64_t step);
void dsc_run_log_count(dsc_run_log *log, const char *key, uint64_t value);
void dsc_run_log_real(dsc_run_log *log, const char *key, double value);
void dsc_run_log_text(dsc_run_log *log, const char *key, const char *value);
/* NULL is want of memory. */
void dsc_run_log_json(dsc_run_log *log, const char *key, const json_t *value);
void dsc_run_log_group(dsc_run_log *log, const char *key); /* members that follow belong to it */
void dsc_run_log_group_end(dsc_run_log *log);
dsc_status dsc_run_log_end(dsc_run_log *log, dsc_error *error);

/* Takes out, atomically, what a run that goes on from `step` will write again: lines after that step, `end`,
 * `test`, `error` and `stop` lines, and an unfinished last line; from_start: all but the start line. A
 * missing file is fine: *empty. */
dsc_status dsc_run_log_rewind(bool *empty, const char *path, uint64_t step, bool from_start,
                              dsc_error *error);

/* --- history.c: reading it, for plots --- */

typedef struct dsc_run_point {
    double epoch; /* epochs done, with their fraction */
    double loss, accuracy, validation_loss, validation_accuracy, learning_rate, seconds;
} dsc_run_point;

typedef struct dsc_run_history {
    dsc_run_point *steps, *epochs;
    size_t step_count, epoch_count, step_capacity, epoch_capacity;
} dsc_run_history;

/* Loss and accuracy of a step are those of the samples since the step before that is in the log; of an epoch,
 * of all of it. Lines that cannot be understood are passed over: the log may be written to at this moment. */
dsc_status dsc_run_history_read(dsc_run_history *history, const char *path, dsc_error *error);
void dsc_run_history_free(dsc_run_history *history);

#endif
