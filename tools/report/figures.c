/* SPDX-License-Identifier: MIT */
/* figures.c: stores figures, and draws those that only need the metrics. */
#include "report/figures.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "draw/bars.h"
#include "draw/matrix.h"
#include "report/curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limit for a figure embedded in the page, which keeps the page below 2 MB: a larger SVG is replaced by its
 * PNG, a larger PNG by one with fewer pixels. */
enum { EMBED_MOST = 400000 };

/* --- storing --- */

static report_figure *begin(report_figures *figures, const char *name) {
    report_figure *figure = &figures->figures[figures->count];
    if (figures->count == REPORT_FIGURES_MOST) return NULL;
    *figure = (report_figure){0};
    (void)snprintf(figure->name, sizeof figure->name, "%s", name);
    figures->count++;
    return figure;
}

dsc_status report_miss_figure(report_figures *figures, const char *name, const char *why, dsc_error *error) {
    report_figure *figure = begin(figures, name);
    if (figure) figure->missing = strdup(why);
    return figure && figure->missing ? DSC_OK : dsc_fail_memory(error, strlen(why), name);
}

/* Renders a picture and writes FOLDER/NAME.ENDING. */
static dsc_status put(unsigned char **bytes, size_t *size, const report_figures *figures, const char *name,
                      const draw_picture *picture, draw_format format, dsc_error *error) {
    char file[REPORT_FIGURE_FILE];
    dsc_status status = draw_render(bytes, size, picture, format, error);
    if (status) return status;
    (void)snprintf(file, sizeof file, "%s%s.%s", figures->prefix ? figures->prefix : "", name,
                   format == DRAW_SVG ? "svg" : "png");
    char *path = dsc_path_join(figures->folder, file);
    status = path ? dsc_file_write(path, *bytes, *size, error) : dsc_fail_memory(error, sizeof file, name);
    free(path);
    return status;
}

/* Renders the page's PNG again with sides reduced according to its excess size; the file stays unchanged. */
static dsc_status shrink(unsigned char **png, size_t *size, const draw_picture *picture, dsc_error *error) {
    draw_picture smaller = *picture;
    const double scale = picture->scale > 0 ? picture->scale : 2;
    smaller.scale = fmax(0.5, scale * sqrt(EMBED_MOST / (double)*size));
    unsigned char *bytes;
    dsc_status status = draw_render(&bytes, size, &smaller, DRAW_PNG, error);
    if (status) return status;
    free(*png);
    *png = bytes;
    return DSC_OK;
}

dsc_status report_add_figure(report_figures *figures, const char *name, const draw_picture *picture,
                             bool pixels, dsc_error *error) {
    unsigned char *svg = NULL, *png = NULL;
    size_t svg_size = 0, png_size = 0;
    dsc_error why = {0};
    dsc_status status = put(&svg, &svg_size, figures, name, picture, DRAW_SVG, &why);
    if (status == DSC_ERROR_UNSUPPORTED) return report_miss_figure(figures, name, why.message, error);
    if (!status) status = put(&png, &png_size, figures, name, picture, DRAW_PNG, &why);
    /* Browsers print each image inside an SVG as a picture of the whole figure. */
    const bool as_png = pixels || (svg_size > EMBED_MOST && png_size < svg_size);
    if (!status && as_png && png_size > EMBED_MOST) status = shrink(&png, &png_size, picture, &why);
    report_figure *figure = status ? NULL : begin(figures, name);
    char *title = figure ? strdup(picture->title ? picture->title : name) : NULL;
    if (status) {
        if (error) *error = why;
    } else if (!figure || !title) {
        status = dsc_fail_memory(error, svg_size, "a figure");
    }
    if (figure && title) {
        figure->png = as_png;
        figure->bytes = figure->png ? png : svg;
        figure->size = figure->png ? png_size : svg_size;
        figure->title = title;
        figure->width = picture->width;
        figure->pixels = pixels;
        *(figure->png ? &png : &svg) = NULL;
    }
    free(svg);
    free(png);
    return status;
}

const report_figure *report_find_figure(const report_figures *figures, const char *name) {
    for (size_t i = 0; i < figures->count; i++)
        if (!strcmp(figures->figures[i].name, name)) return &figures->figures[i];
    return NULL;
}

void report_figures_clear(report_figures *figures) {
    for (size_t i = 0; i < figures->count; i++) {
        free(figures->figures[i].title);
        free(figures->figures[i].bytes);
        free(figures->figures[i].missing);
    }
    *figures = (report_figures){0};
}

const char **report_class_names(const dsc_model *model) {
    const char **names = dsc_allocate(model->classes, sizeof *names);
    for (size_t k = 0; names && k < model->classes; k++) names[k] = dsc_model_class_name(model, k);
    return names;
}

/* --- the figures --- */

/* Values and shades: for correct answers the shade is the row's share; for mistakes, which are rare, it is
 * the square root of the ratio to the most frequent mistake. */
static void fill_matrix(double *values, double *shades, const dsc_metrics *m) {
    size_t n = m->classes;
    double largest = 0;
    for (size_t i = 0; i < n * n; i++) {
        size_t support = dsc_metrics_of_class(m, i / n).support;
        values[i] = (double)m->confusion[i];
        shades[i] = support ? values[i] / (double)support : 0;
        if (i / n != i % n) largest = fmax(largest, shades[i]);
    }
    for (size_t i = 0; i < n * n; i++)
        shades[i] = i / n == i % n ? 0.8 * shades[i] : largest > 0 ? 0.8 * sqrt(shades[i] / largest) : 0;
}

dsc_status report_draw_confusion(report_figures *figures, const report_exam *exam, dsc_error *error) {
    const dsc_metrics *m = &exam->metrics;
    size_t n = m->classes;
    double *values = dsc_allocate(n, n * sizeof *values), *shades = dsc_allocate(n, n * sizeof *shades);
    const char **names = report_class_names(exam->model);
    dsc_status status = DSC_OK;
    if (!values || !shades || !names)
        status = dsc_fail_memory(error, n * n * sizeof *values, "a matrix");
    else
        fill_matrix(values, shades, m);
    draw_matrix matrix = {.title = "Confusion matrix",
                          .description = "Rows are the true class, columns the answer.",
                          .rows = n,
                          .columns = n,
                          .values = values,
                          .shades = shades,
                          .row_names = names,
                          .column_names = names,
                          .row_label = "true class",
                          .column_label = "what it was taken for",
                          .diagonal = true};
    if (!status) status = draw_matrix_check(&matrix, error);
    if (!status) {
        draw_picture picture = draw_matrix_picture(&matrix);
        status = report_add_figure(figures, "confusion", &picture, false, error);
    }
    free(values);
    free(shades);
    free(names);
    return status;
}

/* Three series of values and intervals, in percent, in one allocation. */
static void fill_classes(draw_bar_series series[3], double *block, const report_exam *exam) {
    static const char *const names[] = {"precision", "recall", "F1"};
    size_t n = exam->metrics.classes;
    for (size_t s = 0; s < 3; s++) {
        double *values = block + 3 * s * n, *low = values + n, *high = low + n;
        for (size_t k = 0; k < n; k++) {
            dsc_class_metrics c = dsc_metrics_of_class(&exam->metrics, k);
            const dsc_class_intervals *i = &exam->intervals[k];
            const double *interval = s == 0 ? i->precision : s == 1 ? i->recall : i->f1;
            values[k] = 100 * (s == 0 ? c.precision : s == 1 ? c.recall : c.f1);
            low[k] = 100 * interval[0];
            high[k] = 100 * interval[1];
        }
        series[s] = (draw_bar_series){names[s], values, low, high};
    }
}

dsc_status report_draw_classes(report_figures *figures, const report_exam *exam, dsc_error *error) {
    draw_bar_series series[3];
    double *block = dsc_allocate(exam->metrics.classes, 9 * sizeof *block);
    const char **names = report_class_names(exam->model);
    dsc_status status = DSC_OK;
    if (block && names) {
        fill_classes(series, block, exam);
        draw_bars bars = {.title = "Precision, recall and F1 of each class",
                          .names = true,
                          .description = "Dots with their 95 percent intervals.",
                          .labels = names,
                          .count = exam->metrics.classes,
                          .series = series,
                          .series_count = 3,
                          .x_label = "class",
                          .y = {.label = "percent"},
                          .dots = true,
                          .height = 280};
        draw_picture picture = draw_bars_picture(&bars);
        status = report_add_figure(figures, "classes", &picture, false, error);
    } else {
        status = dsc_fail_memory(error, 9 * sizeof *block, "a figure");
    }
    free(block);
    free(names);
    return status;
}

/* Accuracy against confidence, and below it the number of images of each confidence. */
dsc_status report_draw_calibration(report_figures *figures, const report_exam *exam, dsc_error *error) {
    enum { BINS = DSC_CALIBRATION_BINS };
    const dsc_metrics *m = &exam->metrics;
    double accuracy[BINS], low[BINS], high[BINS], confidence[BINS], counts[BINS];
    char texts[BINS][16];
    const char *labels[BINS];
    for (size_t i = 0; i < BINS; i++) {
        double n = (double)m->bin_count[i], interval[2];
        dsc_wilson_interval(interval, m->bin_correct[i], m->bin_count[i]);
        bool any = m->bin_count[i] > 0;
        accuracy[i] = any ? 100 * (double)m->bin_correct[i] / n : (double)NAN;
        low[i] = any ? 100 * interval[0] : (double)NAN;
        high[i] = any ? 100 * interval[1] : (double)NAN;
        confidence[i] = any ? 100 * m->bin_confidence[i] / n : (double)NAN;
        counts[i] = n;
        labels[i] = texts[i];
        (void)snprintf(texts[i], sizeof texts[i], "%.0f", 100.0 * (double)i / BINS);
    }
    draw_bar_series series = {"right, with 95 percent interval", accuracy, low, high};
    draw_bars bars = {.title = "Reliability: right answers by confidence",
                      .description = "Bars: the share of right answers by confidence. Lines: the mean "
                                     "confidence, where the bars would end if the confidence were exact.",
                      .labels = labels,
                      .count = BINS,
                      .series = &series,
                      .series_count = 1,
                      .marks = confidence,
                      .marks_name = "mean confidence",
                      .x_label = "confidence from, percent",
                      .y = {.label = "percent right", .minimum = 0, .maximum = 100},
                      .width = 460,
                      .height = 280};
    draw_picture picture = draw_bars_picture(&bars);
    dsc_status status = report_add_figure(figures, "reliability", &picture, false, error);
    if (status) return status;
    series = (draw_bar_series){NULL, counts, NULL, NULL};
    bars = (draw_bars){.title = "Confidence of the answers",
                       .description = "The number of images by the confidence of the answer.",
                       .labels = labels,
                       .count = BINS,
                       .series = &series,
                       .series_count = 1,
                       .x_label = "confidence from, percent",
                       .y = {.label = "images"},
                       .numbers = true,
                       .width = 460,
                       .height = 200};
    picture = draw_bars_picture(&bars);
    return report_add_figure(figures, "confidence", &picture, false, error);
}

static dsc_status use_curves(void *user, const draw_chart *chart, dsc_error *error) {
    draw_chart mine = *chart;
    mine.columns = 3;
    mine.panel_width = 250;
    mine.panel_height = 230;
    draw_picture picture = draw_chart_picture(&mine);
    picture.title = "Training curves";
    return report_add_figure(user, "curves", &picture, false, error);
}

/* A run without a readable log has no curves but still gets a report. */
dsc_status report_draw_curves(report_figures *figures, const char *run, dsc_error *error) {
    size_t before = figures->count;
    dsc_error why = {0};
    dsc_status status = report_curves_use(run, NULL, use_curves, figures, &why);
    if (status == DSC_ERROR_IO && figures->count == before)
        return report_miss_figure(figures, "curves", "the run's log.jsonl cannot be read", error);
    if (!status && figures->count == before)
        return report_miss_figure(figures, "curves", "the run's log has no steps yet", error);
    if (status && error) *error = why;
    return status;
}
