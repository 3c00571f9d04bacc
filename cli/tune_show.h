/* SPDX-License-Identifier: MIT */
/* tune_show.h: the display of a running search: on a terminal a table of the best and the running trials that
 * is redrawn, and a bar; otherwise a line per result. */
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
    size_t *order; /* all trials by rank */
    size_t lines;  /* lines of the table on the screen, to be redrawn */
} tune_show;

void tune_show_begin(tune_show *show, const command_call *call);
void tune_show_event(tune_show *show, const dsc_tune_event *event);
void tune_show_end(tune_show *show);

#endif
