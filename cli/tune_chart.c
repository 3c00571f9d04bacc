/* SPDX-License-Identifier: MIT */
/* tune_chart.c: one panel per searched parameter: its values against accuracy, one series per rung, because
 * only trials with equal epochs are comparable. */
#include "tune_report.h"

#include "base/file.h"
#include "base/memory.h"
#include "draw/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 9, LABEL_MOST = 96 };

typedef struct figures {
    const dsc_tune_search *search;
    double *x, *y;       /* (dimensions, rungs, trials) */
    draw_series *series; /* (dimensions, rungs) */
    draw_panel *panels;  /* (dimensions) */
    char (*labels)[LABEL_MOST];
    char (*names)[32]; /* (rungs) */
    draw_chart chart;
} figures;

/* Whether all choices are numbers, to be drawn as numbers. */
static bool are_numbers(const dsc_tune_dimension *d) {
    double value;
    for (size_t k = 0; k < d->choice_count; k++)
        if (!dsc_parse_real(&value, d->choices[k]) || !isfinite(value)) return false;
    return true;
}

static double place_of(const dsc_tune_dimension *d, bool numbers, const dsc_tune_value *value) {
    double number = value->number;
    if (!d->range && !numbers) return (double)value->choice + 1;
    if (!d->range && !dsc_parse_real(&number, d->choices[value->choice])) return NAN;
    return d->logarithmic ? log10(number) : number;
}

static void label(char out[LABEL_MOST], const dsc_tune_dimension *d, bool numbers) {
    dsc_text text = {0};
    dsc_text_append(&text, "%s", d->name);
    for (size_t k = 0; !numbers && k < d->choice_count; k++)
        dsc_text_append(&text, "%s%zu %s", k ? ", " : ": ", k + 1, d->choices[k]);
    (void)snprintf(out, LABEL_MOST, "%s", text.failed ? d->name : text.data);
    dsc_text_free(&text);
}

static void fill_series(figures *f, size_t dimension, size_t rung, bool numbers) {
    const dsc_tune_search *s = f->search;
    size_t place = dimension * s->plan.count + rung;
    double *x = f->x + place * s->trials, *y = f->y + place * s->trials;
    draw_series *series = &f->series[place];
    *series = (draw_series){.name = f->names[rung], .x = x, .y = y, .mark = DRAW_MARK_POINTS};
    for (size_t trial = 0; trial < s->trials; trial++) {
        const dsc_tune_result *r = dsc_tune_result_of(s, trial, rung);
        if (!r->done || r->failed) continue;
        x[series->count] =
            place_of(&s->space.dimensions[dimension], numbers, &dsc_tune_values(s, trial)[dimension]);
        y[series->count++] = 100 * r->accuracy;
    }
}

/* From the smallest to the largest value, with a margin, so that no point is on the frame. */
static draw_axis axis_of(const figures *f, size_t dimension, bool numbers) {
    const dsc_tune_search *s = f->search;
    const dsc_tune_dimension *d = &s->space.dimensions[dimension];
    draw_axis axis = {
        .label = f->labels[dimension], .whole = !numbers, .logarithm = numbers && d->logarithmic};
    double low = INFINITY, high = -INFINITY;
    for (size_t trial = 0; trial < s->trials; trial++) {
        double x = place_of(d, numbers, &dsc_tune_values(s, trial)[dimension]);
        if (x < low) low = x;
        if (x > high) high = x;
    }
    double room = high > low ? 0.04 * (high - low) : 0.5;
    axis.minimum = low - room;
    axis.maximum = high + room;
    return axis;
}

static void fill_panel(figures *f, size_t dimension) {
    const dsc_tune_search *s = f->search;
    const dsc_tune_dimension *d = &s->space.dimensions[dimension];
    bool numbers = d->range || are_numbers(d);
    label(f->labels[dimension], d, numbers);
    for (size_t rung = 0; rung < s->plan.count; rung++) fill_series(f, dimension, rung, numbers);
    f->panels[dimension] = (draw_panel){.title = d->name,
                                        .x = axis_of(f, dimension, numbers),
                                        .y = {.label = "percent right"},
                                        .series = f->series + dimension * s->plan.count,
                                        .series_count = s->plan.count};
}

static void release(figures *f) {
    free(f->x);
    free(f->y);
    free(f->series);
    free(f->panels);
    free(f->labels);
    free(f->names);
}

static dsc_status make(figures *f, const dsc_tune_search *s, dsc_error *error) {
    size_t dimensions = s->space.count, all = dimensions * s->plan.count;
    *f = (figures){.search = s,
                   .x = dsc_allocate(all * s->trials, sizeof *f->x),
                   .y = dsc_allocate(all * s->trials, sizeof *f->y),
                   .series = dsc_allocate(all, sizeof *f->series),
                   .panels = dsc_allocate(dimensions, sizeof *f->panels),
                   .labels = dsc_allocate(dimensions, sizeof *f->labels),
                   .names = dsc_allocate(s->plan.count, sizeof *f->names)};
    if (!f->x || !f->y || !f->series || !f->panels || !f->labels || !f->names)
        return dsc_fail_memory(error, 2 * all * s->trials * sizeof(double), "a chart");
    for (size_t rung = 0; rung < s->plan.count; rung++)
        (void)snprintf(f->names[rung], sizeof f->names[rung], "%llu epoch%s",
                       (unsigned long long)s->plan.rung[rung].epochs,
                       s->plan.rung[rung].epochs == 1 ? "" : "s");
    for (size_t i = 0; i < dimensions; i++) fill_panel(f, i);
    f->chart =
        (draw_chart){.title = "What mattered: accuracy on held-out samples",
                     .description = "Each value that was tried against the accuracy on held-out samples.",
                     .panels = f->panels,
                     .panel_count = dimensions,
                     .same_y = true};
    return DSC_OK;
}

dsc_status tune_chart_text(dsc_text *text, const dsc_tune_search *search, const draw_terminal *terminal,
                           dsc_error *error) {
    figures f;
    dsc_status status = make(&f, search, error);
    if (!status) status = draw_chart_text(text, &f.chart, ROWS, terminal, error);
    release(&f);
    return status;
}

static dsc_status save(const char *folder, const char *name, const draw_chart *chart, dsc_error *error) {
    char *path = dsc_path_join(folder, name);
    if (!path) return dsc_fail_memory(error, strlen(folder), folder);
    dsc_status status = draw_chart_save(path, chart, error);
    free(path);
    return status;
}

dsc_status tune_chart_save(const char *folder, const dsc_tune_search *search, dsc_error *error) {
    figures f;
    dsc_status status = make(&f, search, error);
    if (!status) status = save(folder, DSC_TUNE_CHART_SVG, &f.chart, error);
    if (!status) status = save(folder, DSC_TUNE_CHART_PNG, &f.chart, error);
    release(&f);
    return status;
}
