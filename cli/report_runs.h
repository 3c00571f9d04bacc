/* SPDX-License-Identifier: MIT */
/* report_runs.h: what `descender report` was asked for, and the report on several runs. */
#ifndef CLI_REPORT_RUNS_H
#define CLI_REPORT_RUNS_H

#include "command.h"
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

/* `descender report RUN RUN...`: all operands side by side. */
dsc_status report_runs(command_call *call, const report_values *how, dsc_error *error);

#endif
