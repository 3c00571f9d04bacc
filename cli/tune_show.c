/* SPDX-License-Identifier: MIT */
/* tune_show.c: rows on standard output; table, bar and warnings on standard error. */
#include "tune_show.h"

#include "draw/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_MOST = 12, TABLE_ROOM = 6, VALUES_COLUMN = 40 };
static const int32_t BUSY = 0x2E8B57, FAILED = 0x999999;

void tune_show_begin(tune_show *show, const command_call *call) {
    *show = (tune_show){.call = call};
    show->rows = !call->json && !call->quiet;
    /* Both streams must be terminals: the table is redrawn, and rows are printed between. */
    show->table = show->rows && draw_terminal_detect(2).live && draw_terminal_detect(1).live;
}

/* Keeps a diverging loss within its column. */
static const char *fixed(char out[32], double value, int decimals) {
    if (!isfinite(value)) return "-";
    return fabs(value) < 1e4 ? dsc_format_fixed(out, 32, value, decimals)
                             : dsc_format_scientific(out, 32, value, 1);
}

/* --- the live table --- */

static void wipe(tune_show *show) {
    command_progress_wipe(&show->progress);
    if (show->lines) (void)fprintf(stderr, "\033[%zuA\033[J", show->lines);
    show->lines = 0;
}

static const dsc_tune_running *running(const dsc_tune_event *e, size_t trial) {
    for (size_t i = 0; i < e->running_count; i++)
        if (e->running[i].active && e->running[i].trial == trial) return &e->running[i];
    return NULL;
}

static void write_trial(draw_screen *screen, size_t y, const dsc_tune_event *e, size_t trial) {
    char cell[64], a[32], b[32];
    size_t rung = dsc_tune_reached(e->search, trial);
    const dsc_tune_running *now = running(e, trial);
    const dsc_tune_result *r = rung == SIZE_MAX ? NULL : dsc_tune_result_of(e->search, trial, rung);
    int32_t colour = now ? BUSY : r && r->failed ? FAILED : DRAW_NO_COLOUR;
    double epochs = now ? now->epochs : r ? (double)e->search->plan.rung[rung].epochs : 0;
    (void)snprintf(cell, sizeof cell, "%6zu%8s  ", trial + 1, fixed(a, epochs, now ? 1 : 0));
    (void)draw_screen_write(screen, 0, y, cell, colour);
    if (r && r->failed)
        (void)snprintf(cell, sizeof cell, "%20s", "failed");
    else
        (void)snprintf(cell, sizeof cell, "%10s%10s", fixed(a, r ? 100 * r->accuracy : NAN, 2),
                       fixed(b, r ? r->loss : NAN, 4));
    (void)draw_screen_write(screen, 16, y, cell, colour);
    dsc_text values = {0};
    dsc_tune_values_format(&values, &e->search->space, dsc_tune_values(e->search, trial));
    if (values.data && !values.failed) (void)draw_screen_write(screen, VALUES_COLUMN, y, values.data, colour);
    dsc_text_free(&values);
}

/* Chooses the best trials, and the running ones that are not among them. */
static size_t choose_rows(size_t rows[TABLE_MOST], const tune_show *show, const dsc_tune_event *e,
                          size_t most) {
    size_t busy = 0, count = 0;
    for (size_t i = 0; i < e->running_count; i++) busy += e->running[i].active;
    if (busy > most / 2) busy = most / 2;
    for (size_t i = 0; i < e->search->trials && count < most - busy; i++)
        if (dsc_tune_reached(e->search, show->order[i]) != SIZE_MAX) rows[count++] = show->order[i];
    size_t best = count;
    for (size_t i = 0; i < e->running_count && count < most; i++) {
        bool there = !e->running[i].active;
        for (size_t k = 0; k < best; k++) there = there || rows[k] == e->running[i].trial;
        if (!there) rows[count++] = e->running[i].trial;
    }
    return count;
}

static void draw_table(tune_show *show, const dsc_tune_event *e) {
    draw_terminal terminal = draw_terminal_detect(2);
    size_t rows[TABLE_MOST], most = TABLE_MOST;
    if (terminal.height < most + TABLE_ROOM)
        most = terminal.height > TABLE_ROOM ? terminal.height - TABLE_ROOM : 1;
    dsc_tune_standing(show->order, e->search->trials, e->search);
    size_t count = choose_rows(rows, show, e, most);
    draw_screen *screen = draw_screen_create(terminal.width - 1, count + 1);
    char heading[64];
    (void)snprintf(heading, sizeof heading, "%6s%8s  %10s%10s    tried", "trial", "epochs", "accuracy %",
                   "loss");
    (void)draw_screen_write(screen, 0, 0, heading, DRAW_NO_COLOUR);
    for (size_t i = 0; i < count; i++) write_trial(screen, i + 1, e, rows[i]);
    dsc_text text = {0};
    draw_screen_append(&text, screen, &terminal);
    if (text.data && !text.failed) {
        (void)fputs(text.data, stderr);
        show->lines = count + 1;
    }
    dsc_text_free(&text);
    draw_screen_free(screen);
}

/* --- lines --- */

static void print_rung(tune_show *show, const dsc_tune_event *e) {
    const dsc_tune_search *s = e->search;
    uint64_t epochs = s->plan.rung[e->rung].epochs;
    (void)snprintf(show->what, sizeof show->what, "rung %zu/%zu", e->rung + 1, s->plan.count);
    if (show->rows)
        command_print("Rung %zu of %zu: %zu trial%s to %llu epoch%s\n", e->rung + 1, s->plan.count,
                      e->members, e->members == 1 ? "" : "s", (unsigned long long)epochs,
                      epochs == 1 ? "" : "s");
    (void)fflush(stdout);
}

static void print_result(tune_show *show, const dsc_tune_event *e) {
    const dsc_tune_result *r = dsc_tune_result_of(e->search, e->trial, e->rung);
    char a[32], b[32], c[32];
    dsc_text values = {0};
    if (!show->headed)
        (void)printf("%6s%8s%12s%10s%10s  tried\n", "trial", "epochs", "accuracy %", "loss", "seconds");
    show->headed = true;
    dsc_tune_values_format(&values, &e->search->space, dsc_tune_values(e->search, e->trial));
    (void)printf("%6zu%8llu%12s%10s%10s  %s%s%s\n", e->trial + 1,
                 (unsigned long long)e->search->plan.rung[e->rung].epochs,
                 r->failed ? "failed" : fixed(a, 100 * r->accuracy, 2),
                 r->failed ? "-" : fixed(b, r->loss, 4), fixed(c, r->seconds, 1),
                 values.data && !values.failed ? values.data : "", e->message ? ": " : "",
                 e->message ? e->message : "");
    dsc_text_free(&values);
    (void)fflush(stdout);
}

static void start(tune_show *show, const dsc_tune_event *e) {
    const dsc_tune_search *s = e->search;
    size_t samples = s->recipe.training_samples > 0 && (size_t)s->recipe.training_samples < s->samples
                         ? (size_t)s->recipe.training_samples
                         : s->samples;
    show->started = true;
    show->order = malloc(s->trials * sizeof *show->order);
    if (!show->order) show->table = false;
    for (size_t i = 0; show->order && i < s->trials; i++) show->order[i] = i;
    command_progress_start(&show->progress, show->call, show->what, "images",
                           (uint64_t)(e->epochs_in_all * (1 - s->validation) * (double)samples));
}

static void show_bar(tune_show *show, const dsc_tune_event *e) {
    if (e->epochs_in_all > 0)
        command_progress_show(&show->progress,
                              (uint64_t)(e->epochs / e->epochs_in_all * (double)show->progress.bar.total));
}

void tune_show_event(tune_show *show, const dsc_tune_event *e) {
    if (!show->started) start(show, e);
    if (e->kind != DSC_TUNE_STEP || show->table) wipe(show);
    if (e->kind == DSC_TUNE_WARNING) command_complain("warning: %s", e->message);
    if (e->kind == DSC_TUNE_RUNG) print_rung(show, e);
    if (e->kind == DSC_TUNE_RESULT && show->rows && !show->table) print_result(show, e);
    if (show->table) draw_table(show, e);
    if (e->kind == DSC_TUNE_END) return;
    show_bar(show, e);
}

/* The table stays on the screen; only the bar is cleared. */
void tune_show_end(tune_show *show) {
    show->lines = 0;
    command_progress_end(&show->progress);
    free(show->order);
    show->order = NULL;
}
