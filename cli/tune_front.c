/* SPDX-License-Identifier: MIT */
/* tune_front.c: the Pareto front: trials for which no other trial is smaller and as accurate. */
#include "tune_front.h"

#include "base/file.h"
#include "base/memory.h"
#include "draw/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Finds the trials of the front, the smallest first; the caller frees *front. */
static dsc_status find(size_t **front, size_t *count, const dsc_tune_search *s, dsc_error *error) {
    *front = dsc_allocate(s->trials, sizeof **front);
    if (!*front) return dsc_fail_memory(error, s->trials * sizeof **front, "the results");
    *count = dsc_tune_front(*front, s);
    for (size_t i = 0; i < *count / 2; i++) {
        const size_t swap = (*front)[i];
        (*front)[i] = (*front)[*count - 1 - i];
        (*front)[*count - 1 - i] = swap;
    }
    return DSC_OK;
}

/* --- text and JSON --- */

static const char *grouped(char out[48], uint64_t bytes) { return dsc_format_grouped(out, (double)bytes); }

static void append_trial(dsc_text *text, const dsc_tune_search *s, size_t trial) {
    char flash[48], ram[48], accuracy[32];
    const dsc_footprint *footprint = &s->footprints[trial];
    const dsc_tune_result *result = dsc_tune_result_of(s, trial, dsc_tune_reached(s, trial));
    dsc_text_append(text, "%6zu%11s%11s%12s  ", trial + 1, grouped(flash, footprint->flash),
                    grouped(ram, footprint->ram), dsc_format_fixed(accuracy, 32, 100 * result->accuracy, 2));
    dsc_tune_values_format(text, &s->space, dsc_tune_values(s, trial));
    dsc_text_append(text, "\n");
}

dsc_status tune_front_text(dsc_text *text, const dsc_tune_search *s, dsc_error *error) {
    size_t *front, count;
    if (!s->footprints) return DSC_OK;
    dsc_status status = find(&front, &count, s, error);
    if (status) return status;
    const uint64_t epochs = count ? s->plan.rung[dsc_tune_reached(s, *front)].epochs : 0;
    dsc_text_append(text,
                    "Accuracy against size: the trials that no smaller one equals after %llu epoch%s (%s)\n"
                    "%6s%11s%11s%12s  tried\n",
                    (unsigned long long)epochs, epochs == 1 ? "" : "s",
                    strcmp(s->numbers, "float") != 0 ? "bytes, quantised" : "bytes, in floats", "trial",
                    "flash", "RAM", "accuracy %");
    for (size_t i = 0; i < count; i++) append_trial(text, s, front[i]);
    free(front);
    return DSC_OK;
}

json_t *tune_front_json(const dsc_tune_search *s) {
    size_t *front, count;
    if (!s->footprints) return json_null();
    if (find(&front, &count, s, NULL)) return NULL;
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (!json_array_append_new(list, json_integer((json_int_t)front[i] + 1))) continue;
        json_decref(list);
        list = NULL;
    }
    free(front);
    return list;
}

static json_t *limit_json(uint64_t bytes) { return bytes ? json_integer((json_int_t)bytes) : json_null(); }

json_t *tune_budget_json(const dsc_tune_search *s) {
    if (!s->footprints) return json_null();
    return json_pack("{s:o, s:o, s:s}", "flash", limit_json(s->most.flash), "ram", limit_json(s->most.ram),
                     "numbers", s->numbers);
}

/* --- chart --- */

typedef struct figure {
    double *x, *y; /* (2, trials): all trials of the last rung, and the front */
    draw_series series[2];
    draw_panel panel;
    draw_chart chart;
} figure;

static void add_point(figure *f, size_t series, const dsc_tune_search *s, size_t trial, size_t rung) {
    draw_series *to = &f->series[series];
    const size_t at = series * s->trials + to->count++;
    f->x[at] = log10((double)dsc_footprint_size(&s->footprints[trial], &s->most));
    f->y[at] = 100 * dsc_tune_result_of(s, trial, rung)->accuracy;
}

static dsc_status make(figure *f, const dsc_tune_search *s, dsc_error *error) {
    size_t *front, count;
    *f = (figure){.x = dsc_allocate(2 * s->trials, sizeof *f->x),
                  .y = dsc_allocate(2 * s->trials, sizeof *f->y)};
    if (!f->x || !f->y) return dsc_fail_memory(error, 4 * s->trials * sizeof *f->x, "a chart");
    dsc_status status = find(&front, &count, s, error);
    if (status) return status;
    const size_t rung = count ? dsc_tune_reached(s, *front) : 0;
    f->series[0] = (draw_series){.name = "tried", .x = f->x, .y = f->y, .mark = DRAW_MARK_POINTS};
    f->series[1] =
        (draw_series){.name = "front", .x = f->x + s->trials, .y = f->y + s->trials, .mark = DRAW_MARK_BOTH};
    for (size_t i = 0; i < s->trials; i++)
        if (dsc_tune_reached(s, i) == rung && !dsc_tune_result_of(s, i, rung)->failed)
            add_point(f, 0, s, i, rung);
    for (size_t i = 0; i < count; i++) add_point(f, 1, s, front[i], rung);
    free(front);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < f->series[0].count; i++) {
        if (f->x[i] < low) low = f->x[i];
        if (f->x[i] > high) high = f->x[i];
    }
    const double room = high > low ? 0.04 * (high - low) : 0.5; /* margin: no point on the frame */
    const bool is_flash = s->most.flash || !s->most.ram;
    f->panel = (draw_panel){.title = "Accuracy against size",
                            .x = {.label = is_flash ? "bytes of flash, without code" : "bytes of RAM",
                                  .minimum = low - room,
                                  .maximum = high + room,
                                  .logarithm = true},
                            .y = {.label = "percent right"},
                            .series = f->series,
                            .series_count = 2};
    f->chart = (draw_chart){.title = "What fits: accuracy on held-out samples",
                            .description = "The size of each network that was trained to the end, against "
                                           "its accuracy on held-out samples.",
                            .panels = &f->panel,
                            .panel_count = 1};
    return DSC_OK;
}

dsc_status tune_front_save(const char *folder, const dsc_tune_search *search, dsc_error *error) {
    static const char *const names[] = {DSC_TUNE_FRONT_SVG, DSC_TUNE_FRONT_PNG};
    figure f;
    dsc_status status = make(&f, search, error);
    for (size_t i = 0; !status && i < sizeof names / sizeof *names; i++) {
        char *path = dsc_path_join(folder, names[i]);
        status =
            path ? draw_chart_save(path, &f.chart, error) : dsc_fail_memory(error, strlen(folder), folder);
        free(path);
    }
    free(f.x);
    free(f.y);
    return status;
}
