/* SPDX-License-Identifier: MIT */
/* progress.h: one line on standard error with the progress of a long job; nothing with --quiet or without a
 * terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "command.h"
#include "draw/progress.h"

typedef struct command_progress {
    draw_progress bar;
    dsc_text line;
} command_progress;

/* `what` and `unit` must outlive the progress; see draw_progress. */
void command_progress_start(command_progress *progress, const command_call *call, const char *what,
                            const char *unit, uint64_t total);
void command_progress_show(command_progress *progress, uint64_t done);
/* Clears the line, so that other text can be printed; the next show draws it again. */
void command_progress_wipe(command_progress *progress);
/* Clears the line and frees the memory. */
void command_progress_end(command_progress *progress);

/* The progress of a job with several parts, each with its own line. Starts as {.call = call}. */
typedef struct command_watch {
    const command_call *call;
    command_progress progress;
    const char *shown; /* the current part; NULL: the next part begins a new line */
} command_watch;

/* A callback for report_watch, with the watch as `user`: shows the progress of `what`, and returns whether to
 * stop. */
int command_watch_step(void *user, const char *what, size_t done, size_t total);

#endif
