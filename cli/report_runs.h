/* SPDX-License-Identifier: MIT */
/* report_runs.h: the options of `descender report`, and the report on several runs. */
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

/* Reads the log of the run about->run into `facts`, and points about->facts to them. Release with
 * dsc_run_facts_clear, also after a failure. Without a readable log about->facts stays NULL, with a
 * remark. */
dsc_status report_learn_of_training(report_subject *about, dsc_run_facts *facts, dsc_error *error);

/* Compares all operands, including runs without a model. */
dsc_status report_runs(command_call *call, const report_values *how, dsc_error *error);

#endif
