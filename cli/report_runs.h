/* SPDX-License-Identifier: MIT */
/* report_runs.h: what `descender report` was asked for, and the report on several runs. */
#ifndef CLI_REPORT_RUNS_H
#define CLI_REPORT_RUNS_H

#include "command.h"
#include "report/report.h"
#include "source.h"

enum { REPORT_SPLIT_TEST, REPORT_SPLIT_TRAIN };

typedef struct report_values {
    command_source source;
    int split;
    int64_t threads;
    double seconds;
    char *out;
    bool compare, json, quiet;
} report_values;

static inline const char *report_split_name(const report_values *how) {
    return how->split == REPORT_SPLIT_TRAIN ? "training set" : "test set";
}

/* What the log of the run about->run says, into about->facts, which lie in `facts`: release with
 * dsc_run_facts_clear, also after a failure. Without a log that can be read they stay NULL, which is told. */
dsc_status report_learn_of_training(report_subject *about, dsc_run_facts *facts, dsc_error *error);

/* `descender report RUN...`: all operands side by side, among them runs that have no model yet. */
dsc_status report_runs(command_call *call, const report_values *how, dsc_error *error);

#endif
