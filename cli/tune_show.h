/* SPDX-License-Identifier: MIT */
/* tune_show.h: what a search looks like while it works: on a terminal the best trials and those at work in a
 * table that is drawn over, and a bar; elsewhere a line for each result. */
#ifndef CLI_TUNE_SHOW_H
#define CLI_TUNE_SHOW_H

#include "command.h"
#include "progress.h"
#include "tune/tune.h"

typedef struct tune_show {
    const command_call *call;
    command_progress progress;
    char what[48]; /* "rung 2/3" */
    bool started, rows, table, headed;
    size_t *order; /* of all trials, as they stand */
    size_t lines;  /* of the table, on the screen, to be drawn over */
} tune_show;

void tune_show_begin(tune_show *show, const command_call *call);
void tune_show_event(tune_show *show, const dsc_tune_event *event);
void tune_show_end(tune_show *show);

#endif
