/* SPDX-License-Identifier: MIT */
/* progress.c: clock and output for draw_progress. */
#include "progress.h"

#include "base/clock.h"

#include <stdio.h>

void command_progress_start(command_progress *progress, const command_call *call, const char *what,
                            const char *unit, uint64_t total) {
    *progress = (command_progress){
        .bar = {.terminal = draw_terminal_detect(2), .what = what, .unit = unit, .total = total}};
    if (call->quiet) progress->bar.terminal.live = false;
}

static void print(const command_progress *progress) {
    if (progress->line.data && !progress->line.failed) (void)fputs(progress->line.data, stderr);
}

void command_progress_show(command_progress *progress, uint64_t done) {
    if (draw_progress_update(&progress->line, &progress->bar, done, dsc_clock())) print(progress);
}

void command_progress_wipe(command_progress *progress) {
    if (draw_progress_clear(&progress->line, &progress->bar)) print(progress);
}

void command_progress_end(command_progress *progress) {
    command_progress_wipe(progress);
    dsc_text_free(&progress->line);
}

int command_watch_step(void *user, const char *what, size_t done, size_t total) {
    command_watch *watch = user;
    if (watch->shown != what) {
        command_progress_end(&watch->progress);
        command_progress_start(&watch->progress, watch->call, what, "", total);
        watch->shown = what;
    }
    command_progress_show(&watch->progress, done);
    return command_should_stop();
}
