/* SPDX-License-Identifier: MIT */
/* train_show.h: the display of a running training: on a terminal a progress bar, a table row per epoch and a
 * live chart; otherwise only the rows. */
#ifndef CLI_TRAIN_SHOW_H
#define CLI_TRAIN_SHOW_H

#include "command.h"
#include "progress.h"
#include "run/run.h"

typedef struct train_show {
    const command_call *call;
    const dsc_training_run *run;
    const char *data_name;
    command_progress progress;
    char what[48]; /* "epoch 3/10" */
    bool rows, chart;
    bool headed;
    size_t chart_lines; /* lines on the screen, to be redrawn */
} train_show;

void train_show_begin(train_show *show, const command_call *call, const dsc_training_run *run,
                      const char *data_name);
void train_show_event(train_show *show, const dsc_event *event);
/* Leaves the last chart on the screen. */
void train_show_end(train_show *show);

#endif
