/* SPDX-License-Identifier: MIT */
/* progress.h: one line that shows how far a long job is, drawn over and over on a terminal's standard error.
 * Where there is no terminal it says nothing. The caller brings the time and prints the text:
 *
 *   draw_progress bar = {.terminal = draw_terminal_detect(2), .what = "epoch 3", .unit = "samples", .total = n};
 *   if (draw_progress_update(&line, &bar, done, seconds)) fputs(line.data, stderr); */
#ifndef DRAW_PROGRESS_H
#define DRAW_PROGRESS_H

#include "draw/terminal.h"

typedef struct draw_progress {
    draw_terminal terminal;
    const char *what; /* stands before the bar */
    const char *unit; /* "samples"; "B" counts bytes in kB and MB */
    uint64_t total;   /* 0: unknown, then there is no bar and no time left */
    /* The rest is the bar's own; zero at the start. */
    bool started, shown;
    double start, last; /* seconds */
    uint64_t done_at_start;
} draw_progress;

/* Puts what is to be printed into `line`, whose content it replaces: the line from its start on, no newline.
 * False: nothing is to be printed, because it is no terminal, or the last line is younger than a tenth of a
 * second and this is not the end. `now` is any clock in seconds that does not run backwards. */
bool draw_progress_update(dsc_text *line, draw_progress *progress, uint64_t done, double now);

/* What wipes the line away again; false if none is there. */
bool draw_progress_clear(dsc_text *line, draw_progress *progress);

#endif
