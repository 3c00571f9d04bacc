/* SPDX-License-Identifier: MIT */
/* compare.c: compares two models on the same images: tests, a figure, a page. */
#include "report/page.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "draw/bars.h"
#include "model/title.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

report_duel report_duel_of(const report_exam *first, const report_exam *second, size_t label) {
    report_duel duel = {.paired = report_pair_up(first, second, label)};
    duel.difference = dsc_paired_difference(&duel.paired);
    size_t count = duel.paired.both + duel.paired.first + duel.paired.second + duel.paired.none;
    duel.p = count ? dsc_mcnemar(&duel.paired) : (double)NAN;
    return duel;
}

dsc_status report_compare(report_duel *all, report_duel *classes, const report_exam exams[2],
                          dsc_error *error) {
    size_t n = exams[0].metrics.classes;
    if (exams[0].data != exams[1].data || exams[0].numbering != exams[1].numbering)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "only exams on the same images with the same numbering of classes can be compared; "
                        "make the second one with report_examine_beside");
    double *p = dsc_allocate(n, sizeof *p);
    if (!p) return dsc_fail_memory(error, n * sizeof *p, "a comparison");
    *all = report_duel_of(&exams[0], &exams[1], SIZE_MAX);
    for (size_t k = 0; k < n; k++) {
        classes[k] = report_duel_of(&exams[0], &exams[1], k);
        p[k] = classes[k].p;
    }
    dsc_holm(p, n);
    for (size_t k = 0; k < n; k++) classes[k].p = p[k];
    free(p);
    return DSC_OK;
}

/* --- the figure: recall of each class, side by side --- */

static dsc_status draw_recall(report_figures *figures, const report_subject subjects[2],
                              const report_exam exams[2], dsc_error *error) {
    size_t n = exams[0].metrics.classes;
    double *block = dsc_allocate(n, 6 * sizeof *block);
    const char **names = report_class_names(exams[0].model);
    draw_bar_series series[2];
    dsc_text legend[2] = {{0}, {0}};
    for (size_t s = 0; s < 2; s++) {
        dsc_text_append(&legend[s], "%s: ", s ? "B" : "A");
        dsc_public_name(&legend[s], subjects[s].name);
    }
    if (legend[0].failed || legend[1].failed) {
        free(block);
        block = NULL;
    }
    dsc_status status = block && names ? DSC_OK : dsc_fail_memory(error, 6 * n * sizeof *block, "a figure");
    for (size_t s = 0; s < 2 && !status; s++) {
        double *values = block + 3 * s * n, *low = values + n, *high = low + n;
        series[s] = (draw_bar_series){legend[s].data, values, low, high};
        for (size_t k = 0; k < n; k++) {
            values[k] = 100 * dsc_metrics_of_class(&exams[s].metrics, k).recall;
            low[k] = 100 * exams[s].intervals[k].recall[0];
            high[k] = 100 * exams[s].intervals[k].recall[1];
        }
    }
    draw_bars bars = {.title = "Recall of each class",
                      .names = true,
                      .description =
                          "The share of each class that is answered right, with 95 percent intervals.",
                      .labels = names,
                      .count = n,
                      .series = series,
                      .series_count = 2,
                      .x_label = "class",
                      .y = {.label = "percent"},
                      .dots = true,
                      .height = 300};
    if (!status) {
        draw_picture picture = draw_bars_picture(&bars);
        status = report_add_figure(figures, "recall", &picture, false, error);
    }
    for (size_t s = 0; s < 2; s++) dsc_text_free(&legend[s]);
    free(block);
    free(names);
    return status;
}

/* --- the page --- */

static void append_p(dsc_text *page, double p) {
    char number[32];
    if (!isfinite(p))
        dsc_text_append(page, "<td>-</td>");
    else if (p < 0.0001)
        dsc_text_append(page, "<td>&lt; 0.0001</td>");
    else
        dsc_text_append(page, "<td>%s</td>", dsc_format_fixed(number, sizeof number, p, 4));
}

static void append_duel(dsc_text *page, const report_duel *duel) {
    char share[32], ends[80];
    const double interval[2] = {duel->difference.low, duel->difference.high};
    dsc_text_append(page, "<td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%s", duel->paired.both,
                    duel->paired.first, duel->paired.second, duel->paired.none,
                    report_percent(share, duel->difference.difference, 2));
    if (isfinite(duel->difference.difference))
        dsc_text_append(page, " <small>%s</small>", report_percents(ends, interval, 2));
    dsc_text_append(page, "</td>");
    append_p(page, duel->p);
    dsc_text_append(page, "</tr>\n");
}

static void append_duels(dsc_text *page, const report_duel *all, const report_duel *classes,
                         const report_exam exams[2]) {
    dsc_text_append(
        page, "<div class=\"wide\"><table><caption>Images by which model is right. Difference: A minus B, in "
              "percent of the images, with its 95 percent interval.</caption><thead><tr><th "
              "scope=\"col\">class</th><th scope=\"col\">both right</th><th scope=\"col\">only A</th><th "
              "scope=\"col\">only B</th><th scope=\"col\">neither</th><th scope=\"col\">difference</th><th "
              "scope=\"col\">p</th></tr></thead><tbody>\n<tr><th scope=\"row\">all</th>");
    append_duel(page, all);
    for (size_t k = 0; k < exams[0].metrics.classes; k++) {
        dsc_text_append(page, "<tr><td>");
        report_append_html(page, dsc_model_class_name(exams[0].model, k));
        dsc_text_append(page, "</td>");
        append_duel(page, &classes[k]);
    }
    dsc_text_append(page, "</tbody></table></div>\n");
}

static void append_model(dsc_text *page, const char *letter, const report_subject *subject,
                         const report_exam *exam, const report_speed *speed) {
    const dsc_metrics *m = &exam->metrics;
    report_section(page, letter, letter);
    dsc_text_append(page, "<p><strong>");
    report_append_public(page, subject->name);
    dsc_text_append(page, "</strong>: ");
    report_append_html(page, dsc_model_text(exam->model));
    if (report_kept_epoch(subject) > 0) {
        dsc_text_append(page, "; it has ");
        report_append_kept(page, subject);
    }
    dsc_text_append(page, "</p>\n<div class=\"tiles\">\n");
    report_page_accuracy(page, m);
    report_page_loss(page, m);
    report_page_speed(page, speed);
    dsc_text_append(page, "</div>\n");
    report_page_not_finite(page, m);
    report_section_end(page);
}

static dsc_status write_page(const char *folder, const report_figures *figures,
                             const report_subject subjects[2], const report_exam exams[2],
                             const report_speed speeds[2], const report_duel *all, const report_duel *classes,
                             dsc_error *error) {
    dsc_text page = {0}, title = {0}, lead = {0};
    dsc_model_title(&title, exams[0].model, subjects[0].data_name);
    dsc_text_append(&title, ", against ");
    dsc_network_title(&title, exams[1].model);
    dsc_text_append(&lead, "Both answered the same %zu images: ", exams[0].metrics.count);
    report_append_public(&lead, subjects[0].data_name);
    dsc_text_append(&lead, ", %s. A is right on %zu that B gets wrong, B on %zu that A gets wrong.",
                    subjects[0].split, all->paired.first, all->paired.second);
    if (lead.failed || title.failed) page.failed = true;
    if (!page.failed) report_page_begin(&page, title.data, lead.data);
    dsc_text_free(&lead);
    dsc_text_free(&title);
    static const char *const letters[2] = {"A", "B"};
    for (size_t i = 0; i < 2; i++) append_model(&page, letters[i], &subjects[i], &exams[i], &speeds[i]);
    report_section(&page, "difference", "Image by image");
    append_duels(&page, all, classes, exams);
    report_page_figure(&page, figures, "recall",
                       "Each class has its own interval. If two intervals overlap, the table above may still "
                       "separate the models, because it compares them image by image.");
    report_section_end(&page);
    report_section(&page, "method", "How this was measured");
    dsc_text_append(&page,
                    "<p>p is from McNemar&rsquo;s exact test on the images that only one model answers "
                    "right: the probability of a split this uneven if both models had the same error rate. "
                    "For classes, p is corrected for their number by Holm&rsquo;s method. The intervals of "
                    "differences are Agresti and Min&rsquo;s. A difference on one test set with one training "
                    "run each says nothing about other seeds.</p>\n");
    report_section_end(&page);
    report_page_end(&page);
    return report_page_write(&page, folder, error);
}

dsc_status report_write_comparison(report_figures *figures, const char *folder,
                                   const report_subject subjects[2], const report_exam exams[2],
                                   const report_speed speeds[2], const report_watch *watch,
                                   dsc_error *error) {
    *figures = (report_figures){.folder = folder};
    report_duel all, *classes = dsc_allocate(exams[0].metrics.classes, sizeof *classes);
    dsc_status status = classes ? DSC_OK : dsc_fail_memory(error, sizeof *classes, "a comparison");
    if (!status) status = report_compare(&all, classes, exams, error);
    if (!status) status = dsc_folder_make(folder, error);
    if (!status) status = draw_recall(figures, subjects, exams, error);
    if (!status) status = report_tell(watch, "drawing", 1, 1, error);
    if (!status) status = write_page(folder, figures, subjects, exams, speeds, &all, classes, error);
    free(classes);
    return status;
}
