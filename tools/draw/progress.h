/* SPDX-License-Identifier: MIT */
/* progress.h: a progress line on a terminal's standard error. Without a terminal there is no output. The
 * caller supplies the time and prints the text:
 *
 *   draw_progress bar = {.terminal = draw_terminal_detect(2), .what = "epoch 3", .unit = "samples",
 *                        .total = n};
 *   if (draw_progress_update(&line, &bar, done, seconds)) fputs(line.data, stderr); */
#ifndef DRAW_PROGRESS_H
#define DRAW_PROGRESS_H

#include "draw/terminal.h"

typedef struct draw_progress {
    draw_terminal terminal;
    const char *what; /* precedes the bar */
    const char *unit; /* "samples"; "B" shows bytes in kB and MB */
    uint64_t total;   /* 0: unknown: no bar and no remaining time */
    /* The rest is private; zero at the start. */
    bool started, shown;
    double start, last; /* seconds */
    uint64_t done_at_start;
} draw_progress;

/* Replaces the contents of `line` by the text to print: from the start of the line, without a newline.
 * Returns false if nothing should be printed: there is no terminal, or the last output is less than a tenth
 * of a second old and this is not the end. `now` is any monotonic clock in seconds. */
bool draw_progress_update(dsc_text *line, draw_progress *progress, uint64_t done, double now);

/* Produces the text that erases the line; false if none is shown. */
bool draw_progress_clear(dsc_text *line, draw_progress *progress);

#endif
