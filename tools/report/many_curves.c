/* SPDX-License-Identifier: MIT */
/* many_curves.c: the figures of several runs: overlaid curves, and final accuracies. */
#include "report/report.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "draw/bars.h"
#include "draw/chart.h"
#include "model/title.h"
#include "run/log.h"
#include "run/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A legend names at most NAMED_MOST runs; for more it shows their numbers only. */
enum { NAMED_MOST = 4, LABEL = 24, PANELS = 4 };

/* --- curves --- */

typedef struct curve {
    dsc_run_history history;
    double *epoch, *seconds, *loss, *accuracy; /* one allocation, owned by `epoch` */
    dsc_text name;
} curve;

typedef struct curves {
    size_t count, shown; /* shown: runs with at least one epoch */
    curve *curves;
    draw_series *series; /* (PANELS, count) */
} curves;

/* Uses held-out results if there are any, because runs are chosen by them. */
static void fill(curve *c) {
    bool validated = false;
    for (size_t i = 0; i < c->history.epoch_count; i++)
        validated = validated || isfinite(c->history.epochs[i].validation_loss);
    for (size_t i = 0; i < c->history.epoch_count; i++) {
        const dsc_run_point *p = &c->history.epochs[i];
        c->epoch[i] = p->epoch;
        c->seconds[i] = p->seconds;
        c->loss[i] = validated ? p->validation_loss : p->loss;
        c->accuracy[i] = 100 * (validated ? p->validation_accuracy : p->accuracy);
    }
    if (!validated) dsc_text_append(&c->name, " (training)");
}

/* A run without a readable log has no curve but is still reported. */
static dsc_status read_curve(curve *c, const report_entry *entry, size_t number, bool named,
                             dsc_error *error) {
    dsc_error why = {0};
    dsc_text_append(&c->name, "%zu", number);
    if (named) {
        dsc_text_append(&c->name, ": ");
        dsc_public_name(&c->name, entry->about.name);
    }
    char *path = entry->about.run ? dsc_path_join(entry->about.run, DSC_RUN_LOG) : NULL;
    dsc_status status = path ? dsc_run_history_read(&c->history, path, &why) : DSC_OK;
    if (entry->about.run && !path) status = dsc_fail_memory(&why, sizeof *c, "a path");
    free(path);
    if (status == DSC_ERROR_IO) return DSC_OK;
    if (status) {
        if (error) *error = why;
        return status;
    }
    const size_t n = c->history.epoch_count;
    c->epoch = dsc_allocate(n + 1, 4 * sizeof *c->epoch);
    if (!c->epoch) return dsc_fail_memory(error, n * 4 * sizeof *c->epoch, "the curves");
    c->seconds = c->epoch + n;
    c->loss = c->seconds + n;
    c->accuracy = c->loss + n;
    fill(c);
    return c->name.failed ? dsc_fail_memory(error, LABEL, "the curves") : DSC_OK;
}

/* By panel: loss and accuracy by epochs, then by seconds. Each run has a series, perhaps empty, so that its
 * colour is the same everywhere. */
static void lay_out(curves *all) {
    for (size_t i = 0; i < all->count; i++) {
        const curve *c = &all->curves[i];
        all->shown += c->history.epoch_count > 0;
        for (size_t p = 0; p < PANELS; p++)
            all->series[p * all->count + i] =
                (draw_series){.name = c->history.epoch_count ? c->name.data : NULL,
                              .x = p < 2 ? c->epoch : c->seconds,
                              .y = p % 2 ? c->accuracy : c->loss,
                              .count = c->history.epoch_count};
    }
}

static dsc_status add_curves(report_figures *figures, const curves *all, dsc_error *error) {
    static const char *const titles[PANELS] = {"Loss by epochs", "Accuracy by epochs", "Loss by time",
                                               "Accuracy by time"};
    draw_panel panels[PANELS];
    for (size_t p = 0; p < PANELS; p++)
        panels[p] = (draw_panel){.title = titles[p],
                                 .x = {.label = p < 2 ? "epoch" : "seconds of training", .whole = p < 2},
                                 .y = {.label = p % 2 ? "percent right" : "mean loss"},
                                 .series = all->series + p * all->count,
                                 .series_count = all->count};
    draw_chart chart = {.description = "Loss and accuracy of each run against epochs, and against time.",
                        .panels = panels,
                        .panel_count = PANELS,
                        .columns = 2,
                        .panel_width = 370,
                        .panel_height = 270 + 6 * (double)all->count};
    draw_picture picture = draw_chart_picture(&chart);
    picture.title = "Training curves of all runs";
    return report_add_figure(figures, "curves", &picture, false, error);
}

dsc_status report_draw_many_curves(report_figures *figures, const report_entry *entries, size_t count,
                                   dsc_error *error) {
    curves all = {.count = count,
                  .curves = dsc_allocate(count, sizeof *all.curves),
                  .series = dsc_allocate(count, PANELS * sizeof *all.series)};
    dsc_status status =
        all.curves && all.series ? DSC_OK : dsc_fail_memory(error, count * sizeof *all.curves, "the curves");
    for (size_t i = 0; i < count && !status; i++)
        status = read_curve(&all.curves[i], &entries[i], i + 1, count <= NAMED_MOST, error);
    if (!status) lay_out(&all);
    if (!status && all.shown) status = add_curves(figures, &all, error);
    if (!status && !all.shown)
        status = report_miss_figure(figures, "curves", "none of the runs has a log with an epoch", error);
    for (size_t i = 0; i < count && all.curves; i++) {
        dsc_run_history_free(&all.curves[i].history);
        free(all.curves[i].epoch);
        dsc_text_free(&all.curves[i].name);
    }
    free(all.curves);
    free(all.series);
    return status;
}

/* --- accuracies --- */

dsc_status report_draw_accuracies(report_figures *figures, const report_entry *entries, size_t count,
                                  dsc_error *error) {
    double values[REPORT_RUNS_MOST], low[REPORT_RUNS_MOST], high[REPORT_RUNS_MOST];
    char texts[REPORT_RUNS_MOST][LABEL];
    const char *labels[REPORT_RUNS_MOST];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].exam) continue;
        const dsc_metrics *m = &entries[i].exam->metrics;
        double ends[2];
        dsc_wilson_interval(ends, m->top[0], m->count);
        values[n] = 100 * dsc_metrics_accuracy(m);
        low[n] = 100 * ends[0];
        high[n] = 100 * ends[1];
        (void)snprintf(texts[n], sizeof texts[n], "%zu", i + 1);
        labels[n] = texts[n];
        n++;
    }
    if (!n) return report_miss_figure(figures, "accuracies", "none of the runs has a model yet", error);
    const draw_bar_series series = {NULL, values, low, high};
    const draw_bars bars = {.title = "Accuracy of each run",
                            .description = "Dots with their 95 percent intervals.",
                            .labels = labels,
                            .count = n,
                            .series = &series,
                            .series_count = 1,
                            .x_label = "run",
                            .y = {.label = "percent right"},
                            .dots = true,
                            .height = 240};
    draw_picture picture = draw_bars_picture(&bars);
    return report_add_figure(figures, "accuracies", &picture, false, error);
}
