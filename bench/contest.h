/* SPDX-License-Identifier: MIT */
/* contest.h: compares this library with peers on the same tasks: interleaved rounds, medians, a table, JSON
 * and a bar chart.
 *
 * An entrant is a function of the library, or a command whose last line of output is the figure ("absent:
 * why" skips it). A command may have several settings (environment and {} for the number of threads): the
 * first round tries all, the best is kept. */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include "draw/canvas.h"

#include "kernel/kernel.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONTEST_ROUNDS_MOST = 50, CONTEST_SETTINGS_MOST = 8 };

typedef struct entrant {
    const char *task, *name;
    double (*run)(const struct entrant *self); /* the library */
    const char *command;                       /* a peer, with "{threads}" in it */
    bool bf16, dense;
    int number; /* for `run` */
    /* filled by contest_run */
    double figures[CONTEST_ROUNDS_MOST], median;
    size_t count, best;
    char absent[160];
} entrant;

/* Environments and thread counts that peers may prefer. */
static const struct contest_setting {
    const char *name, *environment;
    int threads;
    bool avx512; /* for processors that have it */
} contest_settings[] = {
    {"1 thread", "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1", 1, false},
    {"1 thread, AVX-512 BLAS", "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_CORETYPE=SkylakeX", 1,
     true},
    {"2 threads", "OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=2", 2, false},
    {"2 threads, passive", "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive", 2, false},
};
enum { CONTEST_SETTINGS = sizeof contest_settings / sizeof *contest_settings };

static int contest_by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double contest_median(const double *values, size_t count) {
    double sorted[CONTEST_ROUNDS_MOST];
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, contest_by_value);
    return count ? sorted[count / 2] : NAN;
}

/* Runs a peer; returns NaN with the reason if it has no figure. */
static double contest_command(entrant *e, size_t setting) {
    char line[512] = "", last[512] = "", command[2048], threads[16];
    const char *place = strstr(e->command, "{threads}");
    (void)snprintf(threads, sizeof threads, "%d", contest_settings[setting].threads);
    (void)snprintf(command, sizeof command, "env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE %s %.*s%s%s 2>&1",
                   contest_settings[setting].environment, place ? (int)(place - e->command) : 2000,
                   e->command, place ? threads : "", place ? place + strlen("{threads}") : "");
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(line, sizeof line, pipe))
        if (line[0] != '\n') memcpy(last, line, sizeof last);
    if (pipe) (void)pclose(pipe);
    char *end;
    const double figure = strtod(last, &end);
    if (end != last) return figure;
    last[strcspn(last, "\n")] = 0;
    (void)snprintf(e->absent, sizeof e->absent, "%.150s", last[0] ? last : "it said nothing");
    return NAN;
}

static bool contest_better(double a, double b, bool more) { return isnan(b) || (more ? a > b : a < b); }

static void contest_calibrate(entrant *e, bool more) {
    double best = NAN;
    for (size_t s = 0; s < CONTEST_SETTINGS; s++) {
        if (contest_settings[s].avx512 && !dsc_kernels_find("avx512")) continue;
        const double figure = contest_command(e, s);
        if (!isnan(figure) && contest_better(figure, best, more)) best = figure, e->best = s;
    }
    if (isnan(best)) return; /* absent under every setting */
    e->absent[0] = 0;
    e->figures[e->count++] = best;
}

static inline void contest_run(entrant *entrants, size_t count, size_t rounds, bool more) {
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < count; i++) {
            entrant *e = &entrants[i];
            if (e->absent[0]) continue;
            if (isatty(2))
                (void)fprintf(stderr, "\r\033[Kround %zu of %zu: %s, %s", r + 1, rounds, e->task, e->name);
            if (e->run)
                e->figures[e->count++] = e->run(e);
            else if (r == 0)
                contest_calibrate(e, more);
            else
                e->figures[e->count++] = contest_command(e, e->best);
        }
    if (isatty(2)) (void)fprintf(stderr, "\r\033[K");
    for (size_t i = 0; i < count; i++)
        entrants[i].median = contest_median(entrants[i].figures, entrants[i].count);
}

/* The best peer of a task; NULL if there is none. */
static const entrant *contest_best_peer(const entrant *entrants, size_t count, const char *task, bool more) {
    const entrant *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const entrant *e = &entrants[i];
        if (e->run || e->absent[0] || strcmp(e->task, task) != 0 || isnan(e->median)) continue;
        if (!best || contest_better(e->median, best->median, more)) best = e;
    }
    return best;
}

static inline void contest_print(const entrant *entrants, size_t count, const char *unit, bool more) {
    for (size_t i = 0; i < count; i++) {
        const entrant *e = &entrants[i];
        if (!i || strcmp(e->task, entrants[i - 1].task) != 0) printf("\n%s, %s\n", e->task, unit);
        if (e->absent[0]) {
            printf("  %-28s absent: %s\n", e->name, e->absent);
            continue;
        }
        const entrant *peer = contest_best_peer(entrants, count, e->task, more);
        printf("  %-28s %12.4g", e->name, e->median);
        if (e->run && peer)
            printf("   %.2f times as fast as %s", more ? e->median / peer->median : peer->median / e->median,
                   peer->name);
        else if (!e->run)
            printf("   (%s)", contest_settings[e->best].name);
        printf("\n");
    }
}

static inline void contest_write_json(const char *path, const entrant *entrants, size_t count,
                                      const char *unit) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const entrant *e = &entrants[i];
        json_t *one = json_pack("{s:s, s:s, s:b}", "task", e->task, "name", e->name, "ours", e->run != NULL);
        if (e->absent[0]) {
            json_object_set_new(one, "absent", json_string(e->absent));
        } else {
            json_object_set_new(one, "median", json_real(e->median));
            json_t *all = json_array();
            for (size_t k = 0; k < e->count; k++) json_array_append_new(all, json_real(e->figures[k]));
            json_object_set_new(one, "figures", all);
            if (!e->run) json_object_set_new(one, "setting", json_string(contest_settings[e->best].name));
        }
        json_array_append_new(list, one);
    }
    json_t *root = json_pack("{s:s, s:o}", "unit", unit, "entrants", list);
    if (!root || json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6)))
        (void)fprintf(stderr, "%s could not be written\n", path);
    json_decref(root);
}

/* --- the chart: a group of bars per task, lengths relative to the longest of the group --- */

typedef struct contest_chart {
    const entrant *entrants;
    size_t count;
    const char *unit;
} contest_chart;

enum { CONTEST_BAR = 18, CONTEST_LEFT = 200, CONTEST_WIDTH = 720 };

static void contest_paint(draw_canvas *canvas, const void *data) {
    const contest_chart *c = data;
    const draw_font plain = {.size = 11, .colour = 0x222222},
                    bold = {.size = 12, .colour = 0x222222, .bold = true};
    const draw_font right = {.size = 11, .colour = 0x222222, .align = DRAW_RIGHT};
    double y = 10;
    for (size_t i = 0; i < c->count; i++) {
        const entrant *e = &c->entrants[i];
        if (!i || strcmp(e->task, c->entrants[i - 1].task) != 0) {
            char title[200];
            (void)snprintf(title, sizeof title, "%s, %s", e->task, c->unit);
            draw_label(canvas, 10, y += 24, title, &bold);
            y += 8;
        }
        double longest = 0;
        for (size_t k = 0; k < c->count; k++)
            if (!strcmp(c->entrants[k].task, e->task) && c->entrants[k].median > longest)
                longest = c->entrants[k].median;
        if (e->absent[0] || longest <= 0) continue;
        char figure[32];
        const double width = (CONTEST_WIDTH - CONTEST_LEFT - 80) * e->median / longest;
        draw_label(canvas, CONTEST_LEFT - 8, y + 13, e->name, &right);
        draw_rectangle(canvas, CONTEST_LEFT, y + 2, width, CONTEST_BAR - 4, e->run ? 0x1f77b4 : 0xb0b0b0,
                       NULL);
        (void)snprintf(figure, sizeof figure, "%.3g", e->median);
        draw_label(canvas, CONTEST_LEFT + width + 6, y + 13, figure, &plain);
        y += CONTEST_BAR;
    }
}

static inline void contest_draw(const char *path, const entrant *entrants, size_t count, const char *unit) {
    const contest_chart chart = {entrants, count, unit};
    const draw_picture picture = {.width = CONTEST_WIDTH,
                                  .height = 40 + 50 * 6 + CONTEST_BAR * (double)count,
                                  .title = unit,
                                  .paint = contest_paint,
                                  .data = &chart};
    dsc_error error;
    if (draw_save(path, &picture, &error)) (void)fprintf(stderr, "no chart: %s\n", error.message);
}

#endif
