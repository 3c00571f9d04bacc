/* SPDX-License-Identifier: MIT */
/* progress.h: one line on standard error that tells how far a long job is; nothing with --quiet, and nothing
 * where standard error is no terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "command.h"
#include "draw/progress.h"

typedef struct command_progress {
    draw_progress bar;
    dsc_text line;
} command_progress;

/* `what` and `unit` must live as long as the progress; see draw_progress. */
void command_progress_start(command_progress *progress, const command_call *call, const char *what,
                            const char *unit, uint64_t total);
void command_progress_show(command_progress *progress, uint64_t done);
/* Wipes the line, so that something else can be printed; the next show brings it back. */
void command_progress_wipe(command_progress *progress);
/* Wipes the line and frees what was used. */
void command_progress_end(command_progress *progress);

/* A job of several parts, each with a line of its own. `watch` starts as {.call = call}. */
typedef struct command_watch {
    const command_call *call;
    command_progress progress;
    const char *shown; /* what the line is about; NULL: the next part begins a new one */
} command_watch;

/* For report_watch, `user` being the watch: shows how far `what` is, and answers whether to stop. */
int command_watch_step(void *user, const char *what, size_t done, size_t total);

#endif
