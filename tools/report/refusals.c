/* SPDX-License-Identifier: MIT */
/* refusals.c: errors against refusals; see refusals.h. */
#include "report/refusals.h"

#include "draw/chart.h"
#include "report/page.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>

enum { CURVE = 201 };

static const double shares[REPORT_REFUSAL_POINTS] = {0, 0.005, 0.01, 0.02, 0.05, 0.1};

static dsc_status take(dsc_refusals *r, const report_exam *exam, dsc_error *error) {
    dsc_status status = dsc_refusals_initialise(r, exam->metrics.count, error);
    for (size_t i = 0; i < exam->metrics.count && !status; i++)
        dsc_refusals_put(r, exam->answers[i].confidence,
                         exam->answers[i].label == exam->answers[i].prediction);
    if (!status) dsc_refusals_order(r);
    return status;
}

dsc_status report_refusals_of(report_refusals *out, const report_exam *exam, dsc_error *error) {
    dsc_refusals r;
    *out = (report_refusals){.below = dsc_model_refuse_below(exam->model)};
    dsc_status status = take(&r, exam, error);
    if (!status) {
        out->count = r.count;
        out->area = dsc_refusals_area(&r);
        for (size_t i = 0; i < REPORT_REFUSAL_POINTS; i++) {
            const size_t refused = (size_t)(shares[i] * (double)r.count + 0.5);
            out->points[i] = (report_refusal_point){shares[i], refused, dsc_refusals_error(&r, refused)};
        }
        const size_t refused = dsc_refusals_below(&r, out->below);
        if (out->below > 0 && r.count)
            out->threshold = (report_refusal_point){(double)refused / (double)r.count, refused,
                                                    dsc_refusals_error(&r, refused)};
    }
    dsc_refusals_clear(&r);
    return status;
}

dsc_status report_draw_refusals(report_figures *figures, const report_exam *exam, dsc_error *error) {
    dsc_refusals r;
    report_refusals summary;
    double x[CURVE], y[CURVE];
    char number[32], name[64];
    dsc_status status = report_refusals_of(&summary, exam, error);
    if (status) return status;
    status = take(&r, exam, error);
    const double most = fmax(0.2, summary.threshold.share), mark = 100 * summary.threshold.share,
                 wrong = 100 * summary.threshold.error;
    for (size_t i = 0; i < CURVE && !status; i++) {
        const double share = most * (double)i / (CURVE - 1);
        const size_t refused = (size_t)(share * (double)r.count + 0.5);
        x[i] = 100 * share;
        y[i] = refused < r.count ? 100 * dsc_refusals_error(&r, refused) : (double)NAN;
    }
    dsc_refusals_clear(&r);
    if (status) return status;
    (void)snprintf(name, sizeof name, "the model's threshold, %s",
                   dsc_format_shortest(number, summary.below));
    const draw_series series[] = {
        {summary.below > 0 ? "least certain answers refused first" : NULL, x, y, CURVE, DRAW_MARK_LINE},
        {name, &mark, &wrong, 1, DRAW_MARK_POINTS}};
    const draw_panel panel = {.x = {.label = "refused, percent"},
                              .y = {.label = "wrong among the remaining answers, percent"},
                              .series = series,
                              .series_count = summary.below > 0 ? 2 : 1};
    const draw_chart chart = {
        .title = "Errors against refusals",
        .description =
            "The share of wrong answers against the share of least certain answers that are refused.",
        .panels = &panel,
        .panel_count = 1,
        .panel_width = 460,
        .panel_height = 260};
    const draw_picture picture = draw_chart_picture(&chart);
    return report_add_figure(figures, "refusals", &picture, false, error);
}

/* ---- on the page ---- */

static void append_row(dsc_text *page, const char *what, const report_refusal_point *p) {
    char a[32], b[32];
    dsc_text_append(page, "<tr><td>%s</td><td>%s</td><td>%zu</td><td>%s</td></tr>\n", what,
                    report_percent(a, p->share, 2), p->refused, report_percent(b, p->error, 3));
}

void report_page_refusals(dsc_text *page, const report_figures *figures, const report_refusals *r) {
    char number[32];
    report_section(page, "refusals", "Errors against refusals");
    dsc_text_append(page, "<div class=\"pair\">\n");
    report_page_figure(
        page, figures, "refusals",
        "If the model refuses the answers that it is least certain of: how many of the remaining answers are "
        "wrong. The sooner the line falls, the better the model recognises its own errors.");
    dsc_text_append(page,
                    "<div class=\"wide\"><table><caption>Of %zu answers. Area under the whole curve: "
                    "%s.</caption><thead><tr><th scope=\"col\">refused answers</th><th "
                    "scope=\"col\">refused, percent</th><th scope=\"col\">images</th><th scope=\"col\">wrong "
                    "among the remaining answers, percent</th></tr></thead><tbody>\n",
                    r->count, dsc_format_fixed(number, sizeof number, r->area, 5));
    for (size_t i = 0; i < REPORT_REFUSAL_POINTS; i++) append_row(page, "the least certain", &r->points[i]);
    if (r->below > 0) {
        char what[80];
        (void)snprintf(what, sizeof what, "the model&rsquo;s threshold, %s",
                       dsc_format_shortest(number, r->below));
        append_row(page, what, &r->threshold);
    }
    dsc_text_append(page, "</tbody></table></div>\n</div>\n");
    report_section_end(page);
}

/* ---- as text and as JSON ---- */

static void append_line(dsc_text *text, const report_refusal_point *p, const char *note) {
    char a[32], b[32];
    dsc_text_append(text, "%10s%10zu%18s%s\n", report_percent(a, p->share, 2), p->refused,
                    report_percent(b, p->error, 3), note);
}

void report_append_refusals(dsc_text *text, const report_refusals *r) {
    char number[32], note[64];
    dsc_text_append(text, "refused %%    images    wrong of rest %%   (the least certain first; area %s)\n",
                    dsc_format_fixed(number, sizeof number, r->area, 5));
    for (size_t i = 0; i < REPORT_REFUSAL_POINTS; i++) append_line(text, &r->points[i], "");
    if (!(r->below > 0)) return;
    (void)snprintf(note, sizeof note, "   the model's threshold, %s", dsc_format_shortest(number, r->below));
    append_line(text, &r->threshold, note);
}

static json_t *point_json(const report_refusal_point *p) {
    return json_pack("{s:f, s:I, s:f}", "share", p->share, "refused", (json_int_t)p->refused, "error",
                     p->error);
}

json_t *report_refusals_json(const report_refusals *r) {
    json_t *points = json_array(), *threshold = r->below > 0 ? point_json(&r->threshold) : json_null();
    for (size_t i = 0; i < REPORT_REFUSAL_POINTS; i++)
        (void)json_array_append_new(points, point_json(&r->points[i]));
    if (r->below > 0) (void)json_object_set_new(threshold, "below", json_real(r->below));
    return json_pack("{s:I, s:o, s:o, s:o}", "answers", (json_int_t)r->count, "points", points, "area",
                     isfinite(r->area) ? json_real(r->area) : json_null(), "threshold", threshold);
}
