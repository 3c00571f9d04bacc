/* SPDX-License-Identifier: MIT */
/* curves.c: converts log.jsonl to charts of loss, accuracy and learning rate against epochs. */
#include "report/curves.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "run/log.h"
#include "run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum column { EPOCH, LOSS, ACCURACY, RATE } column;

/* Points as columns, the layout of charts. */
typedef struct figures {
    dsc_run_history history;
    double *step[4];  /* by `column` */
    double *epoch[3]; /* EPOCH; validation's LOSS and ACCURACY */
    bool validated;
    draw_series series[5];
    draw_panel panels[3];
    draw_chart chart;
} figures;

static bool allocate(figures *f) {
    bool made = true;
    for (size_t i = 0; i < 4; i++)
        made = (f->step[i] = dsc_allocate(f->history.step_count, sizeof(double))) && made;
    for (size_t i = 0; i < 3; i++)
        made = (f->epoch[i] = dsc_allocate(f->history.epoch_count, sizeof(double))) && made;
    return made;
}

static void fill(figures *f) {
    for (size_t i = 0; i < f->history.step_count; i++) {
        const dsc_run_point *p = &f->history.steps[i];
        f->step[EPOCH][i] = p->epoch;
        f->step[LOSS][i] = p->loss;
        f->step[ACCURACY][i] = 100 * p->accuracy;
        f->step[RATE][i] = p->learning_rate;
    }
    for (size_t i = 0; i < f->history.epoch_count; i++) {
        const dsc_run_point *p = &f->history.epochs[i];
        f->epoch[EPOCH][i] = p->epoch;
        f->epoch[LOSS][i] = p->validation_loss;
        f->epoch[ACCURACY][i] = 100 * p->validation_accuracy;
        if (isfinite(p->validation_loss)) f->validated = true;
    }
}

static void describe(figures *f) {
    size_t n = 1 + (size_t)f->validated;
    static const char *const titles[] = {"Loss", "Accuracy", "Learning rate"};
    static const char *const labels[] = {"mean loss", "percent right", "learning rate"};
    for (size_t i = 0; i < 3; i++) {
        draw_series *series = i < 2 ? &f->series[2 * i] : &f->series[4];
        series[0] = (draw_series){.name = "training",
                                  .x = f->step[EPOCH],
                                  .y = f->step[i + 1],
                                  .count = f->history.step_count,
                                  .mark = DRAW_MARK_LINE};
        if (i < 2)
            series[1] = (draw_series){.name = "validation",
                                      .x = f->epoch[EPOCH],
                                      .y = f->epoch[i + 1],
                                      .count = f->history.epoch_count};
        else
            series[0].name = NULL;
        f->panels[i] = (draw_panel){.title = titles[i],
                                    .x = {.label = "epoch"},
                                    .y = {.label = labels[i]},
                                    .series = series,
                                    .series_count = i < 2 ? n : 1};
    }
    f->chart = (draw_chart){.description = "Loss, accuracy and learning rate against epochs.",
                            .panels = f->panels,
                            .panel_count = 3};
}

static void release(figures *f) {
    dsc_run_history_free(&f->history);
    for (size_t i = 0; i < 4; i++) free(f->step[i]);
    for (size_t i = 0; i < 3; i++) free(f->epoch[i]);
}

static dsc_status make(figures *f, const char *run, dsc_error *error) {
    *f = (figures){0};
    char *path = dsc_path_join(run, DSC_RUN_LOG);
    if (!path) return dsc_fail_memory(error, strlen(run), run);
    dsc_status status = dsc_run_history_read(&f->history, path, error);
    free(path);
    if (status) return status;
    if (!allocate(f)) return dsc_fail_memory(error, f->history.step_count * sizeof(double), "the curves");
    fill(f);
    describe(f);
    return DSC_OK;
}

dsc_status report_curves_text(dsc_text *text, const char *run, size_t rows, const draw_terminal *terminal,
                              dsc_error *error) {
    figures f;
    dsc_status status = make(&f, run, error);
    if (!status && f.history.step_count) {
        f.chart.panel_count = 2;
        status = draw_chart_text(text, &f.chart, rows, terminal, error);
    }
    release(&f);
    return status;
}

dsc_status report_curves_use(const char *run, const char *title,
                             dsc_status (*use)(void *user, const draw_chart *chart, dsc_error *error),
                             void *user, dsc_error *error) {
    figures f;
    dsc_status status = make(&f, run, error);
    f.chart.title = title;
    if (!status && (f.history.step_count || f.history.epoch_count)) status = use(user, &f.chart, error);
    release(&f);
    return status;
}

static dsc_status save(const char *run, const char *name, const draw_chart *chart, dsc_error *error) {
    char *path = dsc_path_join(run, name);
    if (!path) return dsc_fail_memory(error, strlen(run), run);
    dsc_status status = draw_chart_save(path, chart, error);
    free(path);
    return status;
}

dsc_status report_curves_save(const char *run, const char *title, dsc_error *error) {
    figures f;
    dsc_status status = make(&f, run, error);
    f.chart.title = title;
    if (!status) status = save(run, DSC_RUN_CURVES_SVG, &f.chart, error);
    if (!status) status = save(run, DSC_RUN_CURVES_PNG, &f.chart, error);
    release(&f);
    return status;
}
