/* SPDX-License-Identifier: MIT */
/* report.c: the page about one model. */
#include "report/baselines.h"
#include "report/page.h"
#include "report/refusals.h"

#include "base/error.h"
#include "base/file.h"
#include "model/title.h"

#include <math.h>
#include <stdio.h>

enum { PAIRS_MOST = 15, MATRIX_MOST = 24 };

/* --- the page, from top to bottom --- */

static void append_lead(dsc_text *lead, const report_subject *subject, const report_exam *exam) {
    char share[32], interval[80];
    double ends[2];
    const dsc_metrics *m = &exam->metrics;
    dsc_wilson_interval(ends, m->top[0], m->count);
    dsc_text_append(
        lead, "<strong>%s&nbsp;%%</strong> of %zu images right (95&nbsp;%% interval %s). Measured on ",
        report_percent(share, dsc_metrics_accuracy(m), 2), m->count, report_percents(interval, ends, 2));
    report_append_public(lead, subject->data_name);
    dsc_text_append(lead, ", %s. The %s: ", subject->split, subject->run ? "run" : "file");
    report_append_public(lead, subject->name);
    dsc_text_append(lead, ". The network: ");
    report_append_html(lead, dsc_model_text(exam->model));
    dsc_text_append(lead, ".");
}

static void append_contents(dsc_text *page, const report_subject *subject) {
    dsc_text_append(
        page,
        "<nav aria-label=\"Contents\">%s%s<a href=\"#classes\">Classes</a>"
        "<a href=\"#confusion\">Confusion</a><a href=\"#calibration\">Calibration</a>"
        "<a href=\"#refusals\">Refusals</a><a href=\"#mistakes\">Mistakes</a><a href=\"#inside\">Inside</a>"
        "<a href=\"#method\">Method</a></nav>\n",
        subject->baselines ? "<a href=\"#baselines\">Baselines</a>" : "",
        subject->run ? "<a href=\"#curves\">Training</a>" : "");
}

static void append_tiles(dsc_text *page, const report_exam *exam, const report_speed *speed) {
    const dsc_metrics *m = &exam->metrics;
    char value[64], note[160], interval[80], share[32];
    dsc_text_append(page, "<div class=\"tiles\">\n");
    report_page_accuracy(page, m);
    (void)snprintf(note, sizeof note, "mean of the classes; 95 %% interval %s",
                   report_percents(interval, exam->macro_f1, 2));
    (void)snprintf(value, sizeof value, "%s&nbsp;%%", report_percent(share, dsc_metrics_macro_f1(m), 2));
    report_tile(page, "F1", value, note);
    report_page_loss(page, m);
    report_page_speed(page, speed);
    dsc_text_append(page, "</div>\n");
    report_page_not_finite(page, m);
}

static void append_cell(dsc_text *page, double value, const double interval[2]) {
    char share[32], ends[80];
    dsc_text_append(page, "<td>%s", report_percent(share, value, 2));
    if (isfinite(interval[0]))
        dsc_text_append(page, " <small>%s</small>", report_percents(ends, interval, 2));
    dsc_text_append(page, "</td>");
}

static void append_classes(dsc_text *page, const report_figures *figures, const report_exam *exam) {
    report_section(page, "classes", "Each class");
    report_page_figure(page, figures, "classes",
                       "Precision: how many of the answers with this class are right. Recall: how many "
                       "images of this class are answered right. F1: their harmonic mean.");
    dsc_text_append(page,
                    "<div class=\"wide\"><table><caption>Percent, with 95 percent intervals.</caption>"
                    "<thead><tr><th scope=\"col\">class</th><th scope=\"col\">images</th>"
                    "<th scope=\"col\">precision</th><th scope=\"col\">recall</th><th scope=\"col\">F1</th>"
                    "</tr></thead><tbody>\n");
    for (size_t k = 0; k < exam->metrics.classes; k++) {
        dsc_class_metrics c = dsc_metrics_of_class(&exam->metrics, k);
        dsc_text_append(page, "<tr><td>");
        report_append_html(page, dsc_model_class_name(exam->model, k));
        dsc_text_append(page, "</td><td>%zu</td>", c.support);
        append_cell(page, c.precision, exam->intervals[k].precision);
        append_cell(page, c.recall, exam->intervals[k].recall);
        append_cell(page, c.f1, exam->intervals[k].f1);
        dsc_text_append(page, "</tr>\n");
    }
    dsc_text_append(page, "</tbody></table></div>\n");
    report_section_end(page);
}

static void append_matrix(dsc_text *page, const report_exam *exam) {
    size_t n = exam->metrics.classes;
    dsc_text_append(
        page, "<details><summary>The matrix as a table</summary>\n<div class=\"wide\"><table><caption>Rows: "
              "the true class. Columns: the answer.</caption><thead><tr><th></th>");
    for (size_t k = 0; k < n; k++) {
        dsc_text_append(page, "<th scope=\"col\">");
        report_append_html(page, dsc_model_class_name(exam->model, k));
        dsc_text_append(page, "</th>");
    }
    dsc_text_append(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        dsc_text_append(page, "<tr><th scope=\"row\">");
        report_append_html(page, dsc_model_class_name(exam->model, i));
        dsc_text_append(page, "</th>");
        for (size_t k = 0; k < n; k++)
            dsc_text_append(page, "<td>%zu</td>", exam->metrics.confusion[i * n + k]);
        dsc_text_append(page, "</tr>\n");
    }
    dsc_text_append(page, "</tbody></table></div>\n</details>\n");
}

static void append_pairs(dsc_text *page, const report_exam *exam) {
    report_pair pairs[PAIRS_MOST];
    size_t count = report_confused(pairs, PAIRS_MOST, &exam->metrics);
    dsc_text_append(
        page, "<div class=\"wide\"><table><caption>The most frequent confusions.</caption><thead><tr><th "
              "scope=\"col\">true class</th><th scope=\"col\">answer</th><th scope=\"col\">times</th><th "
              "scope=\"col\">percent of the class</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++) {
        char share[32];
        size_t support = dsc_metrics_of_class(&exam->metrics, pairs[i].label).support;
        dsc_text_append(page, "<tr><td>");
        report_append_html(page, dsc_model_class_name(exam->model, pairs[i].label));
        dsc_text_append(page, "</td><td>");
        report_append_html(page, dsc_model_class_name(exam->model, pairs[i].prediction));
        dsc_text_append(page, "</td><td>%zu</td><td>%s</td></tr>\n", pairs[i].count,
                        report_percent(share, (double)pairs[i].count / (double)support, 2));
    }
    dsc_text_append(page, "%s</tbody></table></div>\n",
                    count ? "" : "<tr><td colspan=\"4\">nothing</td></tr>");
}

static void append_confusion(dsc_text *page, const report_figures *figures, const report_exam *exam) {
    report_section(page, "confusion", "Confusions");
    dsc_text_append(page, "<div class=\"pair\">\n");
    report_page_figure(page, figures, "confusion",
                       "Blue: right. Orange: wrong; the shade is the square root of the row&rsquo;s share, "
                       "so that rare mistakes are visible.");
    append_pairs(page, exam);
    dsc_text_append(page, "</div>\n");
    if (exam->metrics.classes <= MATRIX_MOST) append_matrix(page, exam);
    report_section_end(page);
}

static void append_rest(dsc_text *page, const report_figures *figures, const report_refusals *refusals) {
    report_section(page, "calibration", "How far confidence can be trusted");
    dsc_text_append(page, "<div class=\"pair\">\n");
    report_page_figure(page, figures, "reliability",
                       "If a bar ends below its line, the model is more confident than it should be. Few "
                       "images make long intervals.");
    report_page_figure(page, figures, "confidence",
                       "The number of images behind each bar of the other chart.");
    dsc_text_append(page, "</div>\n");
    report_section_end(page);
    report_page_refusals(page, figures, refusals);
    report_section(page, "mistakes", "The most confident mistakes");
    report_page_figure(page, figures, "mistakes",
                       "Each image with its label and the answer. Beside it are the pixels that led to the "
                       "answer (integrated gradients): orange for the right answer, blue against it, pale "
                       "for little influence. Some labels are themselves doubtful.");
    report_section_end(page);
    report_section(page, "inside", "Inside the network");
    report_page_figure(page, figures, "filters",
                       "Blue: weights above zero; orange: below zero. Each filter has its own scale, on "
                       "which its strongest weight has the full colour.");
    report_page_figure(page, figures, "embedding",
                       "Points that are close are images that the last hidden layer represents similarly. "
                       "These are only two of many dimensions: points that overlap here may be far apart.");
    report_section_end(page);
}

static void append_method(dsc_text *page, const report_speed *speed) {
    report_section(page, "method", "How this was measured");
    dsc_text_append(page,
                    "<p>Intervals are of 95 percent. Those of accuracy, precision and recall are "
                    "Wilson&rsquo;s; those of F1 are percentiles of %d bootstrap rounds over the images, "
                    "with a fixed seed, so that they are the same each time. The intervals apply to other "
                    "images of the same kind, not to other kinds.</p>\n<p>The calibration error is the mean "
                    "distance between confidence and accuracy over %d equal bins of confidence, weighted by "
                    "their number of images.</p>\n<p>Latency is measured over %zu runs one after the other",
                    DSC_BOOTSTRAP_ROUNDS, DSC_CALIBRATION_BINS, speed->runs);
    if (*speed->processor) {
        dsc_text_append(page, ", on this machine: ");
        report_append_html(page, speed->processor);
    }
    dsc_text_append(page, ". Latency changes from run to run; all other numbers do not.</p>\n");
    report_section_end(page);
}

static void append_kept(dsc_text *page, const report_subject *subject) {
    if (!(report_kept_epoch(subject) > 0)) return;
    dsc_text_append(page, "<p>The model has ");
    report_append_kept(page, subject);
    dsc_text_append(page, ".</p>\n");
}

static dsc_status write_page(const char *folder, const report_figures *figures, const report_subject *subject,
                             const report_exam *exam, const report_speed *speed, dsc_error *error) {
    dsc_text page = {0}, lead = {0}, title = {0};
    report_refusals refusals;
    const dsc_status status = report_refusals_of(&refusals, exam, error);
    if (status) return status;
    append_lead(&lead, subject, exam);
    dsc_model_title(&title, exam->model, subject->data_name);
    if (lead.failed || title.failed) page.failed = true;
    if (!page.failed) report_page_begin(&page, title.data, lead.data);
    dsc_text_free(&lead);
    dsc_text_free(&title);
    append_contents(&page, subject);
    append_tiles(&page, exam, speed);
    if (subject->baselines) report_page_baselines(&page, subject->baselines, exam);
    if (subject->run) {
        report_section(&page, "curves", "Training");
        report_page_figure(&page, figures, "curves", NULL);
        append_kept(&page, subject);
        report_section_end(&page);
    }
    append_classes(&page, figures, exam);
    append_confusion(&page, figures, exam);
    append_rest(&page, figures, &refusals);
    append_method(&page, speed);
    report_page_end(&page);
    return report_page_write(&page, folder, error);
}

/* --- entry point --- */

dsc_status report_write(report_figures *figures, const char *folder, const report_subject *subject,
                        const report_exam *exam, const report_speed *speed, const report_watch *watch,
                        dsc_error *error) {
    typedef dsc_status draw(report_figures *, const report_exam *, dsc_error *);
    static draw *const all[] = {report_draw_classes,  report_draw_confusion, report_draw_calibration,
                                report_draw_refusals, report_draw_mistakes,  report_draw_filters,
                                report_draw_embedding};
    enum { COUNT = sizeof all / sizeof *all };
    *figures = (report_figures){.folder = folder};
    dsc_status status = dsc_folder_make(folder, error);
    if (!status && subject->run) status = report_draw_curves(figures, subject->run, error);
    for (size_t i = 0; i < COUNT && !status; i++) {
        status = all[i](figures, exam, error);
        if (!status) status = report_tell(watch, "drawing", i + 1, COUNT, error);
    }
    return status ? status : write_page(folder, figures, subject, exam, speed, error);
}
