/* SPDX-License-Identifier: MIT */
/* baselines.c: measures baselines with the library, compares them and describes them. */
#include "report/baselines.h"

#include "base/error.h"
#include "report/page.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- measuring --- */

static int tell(void *user, size_t done, size_t total) {
    const report_watch *watch = user;
    return report_tell(watch, "searching neighbours", done, total, NULL) != DSC_OK;
}

static report_duel duel(const dsc_baselines *b, const report_exam *exam, bool majority) {
    report_duel duel = {.p = 1};
    for (size_t i = 0; i < b->count; i++) {
        const report_answer *a = &exam->answers[i];
        const size_t other = majority ? b->majority : b->neighbours[i];
        const bool x = a->label == a->prediction, y = a->label == other;
        size_t *cell =
            x ? (y ? &duel.paired.both : &duel.paired.first) : (y ? &duel.paired.second : &duel.paired.none);
        ++*cell;
    }
    duel.difference = dsc_paired_difference(&duel.paired);
    duel.p = dsc_mcnemar(&duel.paired);
    return duel;
}

dsc_status report_baselines_measure(report_baselines *baselines, const report_exam *exam,
                                    const dsc_dataset *training, unsigned threads, const report_watch *watch,
                                    dsc_error *error) {
    *baselines = (report_baselines){0};
    report_watch own = watch ? *watch : (report_watch){0};
    dsc_status status =
        dsc_baselines_measure(&baselines->measured, training, exam->data, 0, threads, tell, &own, error);
    if (status) return status;
    baselines->majority = duel(&baselines->measured, exam, true);
    baselines->neighbours = duel(&baselines->measured, exam, false);
    return DSC_OK;
}

void report_baselines_clear(report_baselines *baselines) { dsc_baselines_clear(&baselines->measured); }

/* --- text --- */

static double share(size_t right, const dsc_baselines *b) { return (double)right / (double)b->count; }

/* "p = 0.012", "p < 0.0001" */
static const char *p_text(char out[40], double p) {
    char number[32];
    if (p < 1e-4)
        (void)snprintf(out, 40, "p < 0.0001");
    else
        (void)snprintf(out, 40, "p = %s", dsc_format_fixed(number, sizeof number, p, 4));
    return out;
}

/* "  the model has 1.20 percentage points more right (0.80 to 1.60; p < 0.0001)" */
static void append_difference(dsc_text *text, const report_duel *d) {
    const bool more = d->difference.difference >= 0;
    const double ends[2] = {more ? d->difference.low : -d->difference.high,
                            more ? d->difference.high : -d->difference.low};
    char points[32], interval[80], p[40];
    dsc_text_append(text, "  the model has %s percentage points %s right (%s; %s)\n",
                    report_percent(points, fabs(d->difference.difference), 2), more ? "more" : "fewer",
                    report_percents(interval, ends, 2), p_text(p, d->p));
}

static void append_searched(dsc_text *text, const dsc_baselines *b) {
    if (b->searched == b->training)
        dsc_text_append(text, "all %zu training images", b->training);
    else
        dsc_text_append(text, "%zu of %zu training images, evenly spread", b->searched, b->training);
}

void report_append_majority(dsc_text *text, const char *class_name, double share) {
    char percent[32];
    dsc_text_append(text, "baseline: always \"%s\", the most frequent class, right on %s %%\n", class_name,
                    report_percent(percent, share, 2));
}

void report_append_baselines(dsc_text *text, const report_baselines *baselines, const report_exam *exam) {
    const dsc_baselines *b = &baselines->measured;
    char percent[32];
    report_append_majority(text, dsc_model_class_name(exam->numbering, b->majority),
                           share(b->majority_right, b));
    append_difference(text, &baselines->majority);
    dsc_text_append(text, "baseline: %d nearest neighbours among ", DSC_NEIGHBOURS);
    append_searched(text, b);
    dsc_text_append(text, ", right on %s %%\n", report_percent(percent, share(b->neighbours_right, b), 2));
    append_difference(text, &baselines->neighbours);
}

/* --- the page --- */

static void append_row(dsc_text *page, size_t right, const dsc_baselines *b, const report_duel *d) {
    const double ends[2] = {d->difference.low, d->difference.high};
    char percent[32], points[32], interval[80], wilson[80], p[40];
    double own[2];
    dsc_wilson_interval(own, right, b->count);
    dsc_text_append(page, "<td>%s <small>%s</small></td><td>%s <small>%s</small></td><td>",
                    report_percent(percent, share(right, b), 2), report_percents(wilson, own, 2),
                    report_percent(points, d->difference.difference, 2), report_percents(interval, ends, 2));
    report_append_html(page, p_text(p, d->p));
    dsc_text_append(page, "</td></tr>\n");
}

void report_page_baselines(dsc_text *page, const report_baselines *baselines, const report_exam *exam) {
    const dsc_baselines *b = &baselines->measured;
    report_section(page, "baselines", "Baselines without a network");
    dsc_text_append(
        page,
        "<div class=\"wide\"><table><caption>Percent of the same images, and the model&rsquo;s lead in "
        "percentage points, with 95 percent intervals.</caption><thead><tr><th "
        "scope=\"col\">baseline</th><th scope=\"col\">right</th><th scope=\"col\">the model&rsquo;s "
        "lead</th><th scope=\"col\">McNemar&rsquo;s test</th></tr></thead><tbody>\n<tr><td>always &ldquo;");
    report_append_html(page, dsc_model_class_name(exam->numbering, b->majority));
    dsc_text_append(page, "&rdquo;, the most frequent class of the training set</td>");
    append_row(page, b->majority_right, b, &baselines->majority);
    dsc_text_append(page, "<tr><td>%d nearest neighbours among ", DSC_NEIGHBOURS);
    append_searched(page, b);
    dsc_text_append(page, "</td>");
    append_row(page, b->neighbours_right, b, &baselines->neighbours);
    dsc_text_append(
        page,
        "</tbody></table></div>\n<p>Neighbours are the training images with the smallest Euclidean distance "
        "between the pixels as numbers. The majority of %d neighbours decides; in a tie, the nearest one. "
        "Their number is fixed, so nothing was tuned on these images.</p>\n",
        DSC_NEIGHBOURS);
    report_section_end(page);
}

/* --- JSON --- */

static json_t *baseline_json(size_t right, const dsc_baselines *b, const report_duel *d) {
    return json_pack("{s:f, s:I, s:f, s:[f, f], s:f}", "accuracy", share(right, b), "right",
                     (json_int_t)right, "difference", d->difference.difference, "difference_interval",
                     d->difference.low, d->difference.high, "p", d->p);
}

json_t *report_baselines_json(const report_baselines *baselines, const report_exam *exam) {
    const dsc_baselines *b = &baselines->measured;
    json_t *majority = baseline_json(b->majority_right, b, &baselines->majority);
    json_t *neighbours = baseline_json(b->neighbours_right, b, &baselines->neighbours);
    if (majority)
        (void)json_object_set_new(majority, "class",
                                  json_string(dsc_model_class_name(exam->numbering, b->majority)));
    if (neighbours)
        (void)json_object_update_new(neighbours,
                                     json_pack("{s:i, s:I, s:I}", "neighbours", DSC_NEIGHBOURS, "searched",
                                               (json_int_t)b->searched, "training", (json_int_t)b->training));
    return json_pack("{s:o, s:o}", "majority", majority, "neighbours", neighbours);
}
