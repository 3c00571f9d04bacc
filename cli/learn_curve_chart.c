/* SPDX-License-Identifier: MIT */
/* learn_curve_chart.c: results per size, and the error in percent against the logarithm of the samples. */
#include "learn_curve.h"

#include "base/file.h"
#include "base/memory.h"
#include "draw/chart.h"
#include "measure/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 10, LAW_POINTS = 60 };

/* ---- the results ---- */

static void find_size(learn_size *size, const learn_results *r, double *values) {
    size_t right = 0, all = 0;
    for (size_t i = 0; i < r->repeats; i++) {
        const dsc_study_trial *t = &size->trials[i];
        values[i] = t->failed ? (double)NAN : (double)t->right / (double)t->held_out;
        size->failed += t->failed;
        right = t->failed ? right : t->right;
        all = t->failed ? all : t->held_out;
    }
    size->accuracy = dsc_spread_of(values, r->repeats);
    for (size_t i = 0; i < r->repeats; i++)
        values[i] = size->trials[i].failed ? (double)NAN : size->trials[i].loss;
    size->loss = dsc_spread_of(values, r->repeats);
    size->interval[0] = r->by_seed ? fmax(0, size->accuracy.low) : (double)NAN;
    size->interval[1] = r->by_seed ? fmin(1, size->accuracy.high) : (double)NAN;
    if (r->by_seed && isnan(size->accuracy.low)) size->interval[0] = size->interval[1] = (double)NAN;
    if (!r->by_seed && all) dsc_wilson_interval(size->interval, right, all);
}

/* Sizes whose trainings all failed are not fitted. */
static void find_outlook(learn_results *r) {
    double n[DSC_STUDY_SIZES_MOST], error[DSC_STUDY_SIZES_MOST];
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (!r->sizes[i].accuracy.count) continue;
        n[count] = (double)r->sizes[i].samples;
        error[count++] = 1 - r->sizes[i].accuracy.mean;
    }
    r->has_outlook = count && dsc_power_law_outlook(&r->outlook, n, error, count, 2 * n[count - 1]);
}

dsc_status learn_results_find(learn_results *r, const dsc_study *study, dsc_error *error) {
    const dsc_study_question *q = dsc_study_question_of(study);
    *r = (learn_results){
        .study = study, .count = q->size_count, .repeats = q->repeats, .by_seed = q->repeats > 1};
    double *values = dsc_allocate(r->repeats, sizeof *values);
    if (!values) return dsc_fail_memory(error, r->repeats * sizeof *values, "the results");
    for (size_t i = 0; i < r->count; i++) {
        r->sizes[i].trials = dsc_study_trial_at(study, i * r->repeats);
        r->sizes[i].samples = r->sizes[i].trials->samples;
        find_size(&r->sizes[i], r, values);
    }
    free(values);
    find_outlook(r);
    return DSC_OK;
}

/* ---- the chart ---- */

typedef struct figures {
    double *x, *y; /* of every training, then of the means per size, then of the law */
    draw_series series[3];
    draw_panel panel;
    draw_chart chart;
} figures;

static void begin(draw_series *series, const char *name, double *x, double *y, draw_mark mark) {
    *series = (draw_series){.name = name, .x = x, .y = y, .mark = mark};
}

static void add(draw_series *series, double *x, double *y, double samples, double wrong) {
    x[series->count] = log10(samples);
    y[series->count++] = 100 * wrong;
}

static void fill_law(draw_series *series, double *x, double *y, const learn_results *r) {
    const double first = (double)r->sizes[0].samples, ratio = r->outlook.n / first;
    for (size_t i = 0; i < LAW_POINTS; i++) {
        const double n = first * pow(ratio, (double)i / (LAW_POINTS - 1));
        add(series, x, y, n, dsc_power_law_at(&r->outlook.law, n));
    }
}

static dsc_status make(figures *f, const learn_results *r, dsc_error *error) {
    const size_t all = r->count * r->repeats, points = all + r->count + LAW_POINTS;
    *f = (figures){.x = dsc_allocate(points, sizeof *f->x), .y = dsc_allocate(points, sizeof *f->y)};
    if (!f->x || !f->y) return dsc_fail_memory(error, 2 * points * sizeof *f->x, "a chart");
    double *x = f->x, *y = f->y;
    size_t count = 0;
    begin(&f->series[count], r->repeats > 1 ? "mean of the seeds" : "measured", x, y, DRAW_MARK_BOTH);
    for (size_t i = 0; i < r->count; i++)
        if (r->sizes[i].accuracy.count)
            add(&f->series[count], x, y, (double)r->sizes[i].samples, 1 - r->sizes[i].accuracy.mean);
    count++;
    x += r->count;
    y += r->count;
    if (r->repeats > 1) {
        begin(&f->series[count], "each seed", x, y, DRAW_MARK_POINTS);
        for (size_t i = 0; i < all; i++) {
            const dsc_study_trial *t = dsc_study_trial_at(r->study, i);
            if (!t->failed)
                add(&f->series[count], x, y, (double)t->samples, 1 - (double)t->right / (double)t->held_out);
        }
        count++;
    }
    x += all;
    y += all;
    if (r->has_outlook) {
        begin(&f->series[count], "fitted, up to twice as many images", x, y, DRAW_MARK_LINE);
        fill_law(&f->series[count++], x, y, r);
    }
    f->panel = (draw_panel){.x = {.label = "training images", .logarithm = true},
                            .y = {.label = "percent wrong"},
                            .series = f->series,
                            .series_count = count};
    f->chart = (draw_chart){
        .title = "Learning curve: percent of held-out images answered wrongly",
        .description = "The share of held-out images answered wrongly, by the number of training images.",
        .panels = &f->panel,
        .panel_count = 1,
        .panel_width = 480};
    return DSC_OK;
}

static void release(figures *f) {
    free(f->x);
    free(f->y);
}

dsc_status learn_chart_text(dsc_text *text, const learn_results *r, const draw_terminal *terminal,
                            dsc_error *error) {
    figures f;
    dsc_status status = make(&f, r, error);
    if (!status) status = draw_chart_text(text, &f.chart, ROWS, terminal, error);
    release(&f);
    return status;
}

dsc_status learn_chart_save(const learn_results *r, dsc_error *error) {
    static const char *const names[] = {DSC_STUDY_CHART_SVG, DSC_STUDY_CHART_PNG};
    figures f;
    dsc_status status = make(&f, r, error);
    for (size_t i = 0; i < 2 && !status; i++) {
        char *path = dsc_path_join(dsc_study_folder(r->study), names[i]);
        status = path ? draw_chart_save(path, &f.chart, error) : dsc_fail_memory(error, 64, names[i]);
        free(path);
    }
    release(&f);
    return status;
}
