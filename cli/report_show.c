/* SPDX-License-Identifier: MIT */
/* report_show.c: the output of `descender evaluate`, and the additions of a report. */
#include "report_show.h"

#include "base/memory.h"
#include "evaluation.h"
#include "report/baselines.h"
#include "report/refusals.h"
#include "report/text.h"
#include "source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAIRS = 5, TOP = 3 };

/* ---- as text ---- */

static void append_intervals(dsc_text *text, const report_exam *exam) {
    char a[80], b[80], c[80];
    const int width = (int)command_name_width(exam->numbering, 14) + 2;
    dsc_text_append(text, "\n%-*s%20s%20s%20s\n", width, "95 % intervals", "precision", "recall", "F1");
    for (size_t k = 0; k < exam->metrics.classes; k++) {
        const dsc_class_intervals *i = &exam->intervals[k];
        command_append_name(text, dsc_model_class_name(exam->numbering, k), (size_t)width);
        dsc_text_append(text, "%20s%20s%20s\n", report_percents(a, i->precision, 2),
                        report_percents(b, i->recall, 2), report_percents(c, i->f1, 2));
    }
    dsc_text_append(text, "%-*s%20s%20s%20s\n", width, "mean", "", "", report_percents(c, exam->macro_f1, 2));
}

static void append_pairs(dsc_text *text, const report_exam *exam) {
    report_pair pairs[PAIRS];
    size_t count = report_confused(pairs, PAIRS, &exam->metrics);
    dsc_text_append(text, "\nconfused most often\n");
    for (size_t i = 0; i < count; i++)
        dsc_text_append(text, "%8zu  is %s, read as %s\n", pairs[i].count,
                        dsc_model_class_name(exam->numbering, pairs[i].label),
                        dsc_model_class_name(exam->numbering, pairs[i].prediction));
    if (!count) dsc_text_append(text, "    nothing\n");
}

static void append_refusals(dsc_text *text, const report_exam *exam) {
    report_refusals refusals;
    if (report_refusals_of(&refusals, exam, NULL)) {
        text->failed = true;
        return;
    }
    dsc_text_append(text, "\n");
    report_append_refusals(text, &refusals);
}

static void append_speed(dsc_text *text, const report_speed *speed) {
    char a[48], b[48], c[48];
    dsc_text_append(text, "%s parameters, %s multiply-adds an image",
                    dsc_format_grouped(a, (double)speed->parameters),
                    dsc_format_grouped(b, speed->multiply_adds));
    if (speed->file_bytes > 0) dsc_text_append(text, ", a file of %s", report_bytes(c, speed->file_bytes));
    dsc_text_append(text, "\none image on one thread: %s in the median, 99 of 100 in %s\n",
                    report_seconds(a, speed->latency_median), report_seconds(b, speed->latency_slow));
    dsc_text_append(text, "in batches of %zu, on %u threads: %s images/s\n", speed->batch, speed->threads,
                    dsc_format_grouped(a, speed->images_per_second));
}

static void append_kept(dsc_text *text, const report_subject *subject) {
    if (!(report_kept_epoch(subject) > 0)) return;
    dsc_text_append(text, "Kept: ");
    report_append_kept(text, subject);
    dsc_text_append(text, "\n");
}

void report_append_summary(dsc_text *text, const report_shown *shown) {
    const report_subject *subject = shown->subjects;
    char a[DSC_VISIBLE], b[DSC_VISIBLE];
    dsc_text_append(text, "%s on %s, %s\n", dsc_visible(a, sizeof a, subject->name),
                    dsc_visible(b, sizeof b, subject->data_name), subject->split);
    append_kept(text, subject);
    command_append_metrics(text, &shown->exams->metrics, shown->exams->model, TOP);
    if (subject->baselines) {
        dsc_text_append(text, "\n");
        report_append_baselines(text, subject->baselines, shown->exams);
    }
    append_intervals(text, shown->exams);
    append_pairs(text, shown->exams);
    append_refusals(text, shown->exams);
    dsc_text_append(text, "\n");
    append_speed(text, shown->speeds);
}

static void append_duel(dsc_text *text, const char *name, size_t width, const report_duel *duel) {
    const double ends[2] = {duel->difference.low, duel->difference.high};
    char difference[32], interval[80], p[32] = "<0.0001"; /* as in the report of many runs */
    if (!isfinite(duel->p) || duel->p >= 0.0001) (void)dsc_format_fixed(p, sizeof p, duel->p, 4);
    command_append_name(text, name, width);
    dsc_text_append(text, "%8zu%8zu%8zu%8zu%12s%20s%10s\n", duel->paired.both, duel->paired.first,
                    duel->paired.second, duel->paired.none,
                    report_percent(difference, duel->difference.difference, 2),
                    isfinite(duel->difference.difference) ? report_percents(interval, ends, 2) : "-",
                    isfinite(duel->p) ? p : "-");
}

dsc_status report_append_comparison(dsc_text *text, const report_shown *shown, dsc_error *error) {
    report_duel all, *classes = dsc_allocate(shown->exams->metrics.classes, sizeof *classes);
    if (!classes) return dsc_fail_memory(error, sizeof *classes, "a comparison");
    dsc_status status = report_compare(&all, classes, shown->exams, error);
    for (size_t i = 0; i < 2 && !status; i++) {
        dsc_text_append(text, "%s: ", i ? "B" : "A");
        dsc_text_append_visible(text, shown->subjects[i].name);
        dsc_text_append(text, "\n");
        append_kept(text, &shown->subjects[i]);
        command_append_accuracy(text, &shown->exams[i].metrics);
        dsc_text_append(text, "\n");
        append_speed(text, &shown->speeds[i]);
        dsc_text_append(text, "\n");
    }
    if (!status) {
        const size_t width = command_name_width(shown->exams->model, 14) + 2;
        dsc_text_append(text,
                        "On %s, %s: how many images each answers right; p by McNemar's exact test, for "
                        "classes corrected by Holm's method\n%-*s%8s%8s%8s%8s%12s%20s%10s\n",
                        shown->subjects->data_name, shown->subjects->split, (int)width, "class", "both",
                        "only A", "only B", "neither", "A - B, %", "95 % interval", "p");
        append_duel(text, "all", width, &all);
        for (size_t k = 0; k < shown->exams->metrics.classes; k++)
            append_duel(text, dsc_model_class_name(shown->exams->model, k), width, &classes[k]);
    }
    free(classes);
    return status;
}

/* ---- as JSON ---- */

static json_t *real(double value) { return isfinite(value) ? json_real(value) : json_null(); }
static json_t *ends_json(const double ends[2]) { return json_pack("[o, o]", real(ends[0]), real(ends[1])); }
static json_t *count_json(size_t count) { return json_integer((json_int_t)count); }

static void add_intervals(json_t *json, const report_exam *exam) {
    json_t *classes = json_object_get(json, "classes");
    for (size_t k = 0; k < exam->metrics.classes; k++)
        (void)json_object_update_new(json_array_get(classes, k),
                                     json_pack("{s:o, s:o, s:o}", "precision_interval",
                                               ends_json(exam->intervals[k].precision), "recall_interval",
                                               ends_json(exam->intervals[k].recall), "f1_interval",
                                               ends_json(exam->intervals[k].f1)));
}

static json_t *pairs_json(const report_exam *exam) {
    report_pair pairs[PAIRS];
    size_t count = report_confused(pairs, PAIRS, &exam->metrics);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:o}", "label", dsc_model_class_name(exam->numbering, pairs[i].label),
                            "prediction", dsc_model_class_name(exam->numbering, pairs[i].prediction), "count",
                            count_json(pairs[i].count)));
    return list;
}

static json_t *calibration_json(const dsc_metrics *m) {
    json_t *list = json_array();
    for (size_t i = 0; i < DSC_CALIBRATION_BINS; i++) {
        double n = (double)m->bin_count[i];
        (void)json_array_append_new(
            list, json_pack("{s:f, s:o, s:o, s:o}", "from", (double)i / DSC_CALIBRATION_BINS, "samples",
                            count_json(m->bin_count[i]), "accuracy", real((double)m->bin_correct[i] / n),
                            "confidence", real(m->bin_confidence[i] / n)));
    }
    return list;
}

static json_t *speed_json(const report_speed *s) {
    return json_pack("{s:o, s:f, s:f, s:f, s:f, s:f, s:o, s:i, s:s}", "parameters", count_json(s->parameters),
                     "multiply_adds", s->multiply_adds, "file_bytes", s->file_bytes, "latency_median_seconds",
                     s->latency_median, "latency_99_seconds", s->latency_slow, "images_per_second",
                     s->images_per_second, "batch", count_json(s->batch), "threads", (int)s->threads,
                     "processor", s->processor);
}

/* Adds the names of the figures drawn, and why others are missing. */
void report_add_figures(json_t *json, const report_figures *figures) {
    if (!figures) return;
    json_t *drawn = json_array(), *missing = json_object();
    for (size_t i = 0; i < figures->count; i++) {
        const report_figure *f = &figures->figures[i];
        if (f->missing)
            (void)json_object_set_new(missing, f->name, json_string(f->missing));
        else
            (void)json_array_append_new(drawn, json_string(f->name));
    }
    dsc_text page = {0};
    dsc_text_append(&page, "%s/%s", figures->folder, REPORT_PAGE);
    (void)json_object_update_new(json, json_pack("{s:o, s:o, s:o}", "page",
                                                 page.failed ? NULL : dsc_json_text(page.data), "figures",
                                                 drawn, "missing_figures", missing));
    dsc_text_free(&page);
}

/* Adds remarks on differences in the data, and the figures. */
static void add_rest(json_t *json, const report_shown *shown) {
    (void)json_object_set_new(json, "remarks", command_remarks_json(shown->remarks));
    report_add_figures(json, shown->figures);
}

static json_t *subject_json(const report_shown *shown, size_t i) {
    const report_exam *exam = &shown->exams[i];
    json_t *json = command_metrics_json(&exam->metrics, exam->numbering, TOP);
    if (!json) return NULL;
    (void)json_object_update_new(
        json, json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "kept_epoch",
                        report_kept_epoch(shown->subjects + i) > 0
                            ? json_integer((json_int_t)report_kept_epoch(shown->subjects + i))
                            : json_null(),
                        "subject", dsc_json_text(shown->subjects[i].name), "data",
                        dsc_json_text(shown->subjects[i].data_name), "split", shown->subjects[i].split,
                        "macro_f1", real(dsc_metrics_macro_f1(&exam->metrics)), "macro_f1_interval",
                        ends_json(exam->macro_f1), "confused", pairs_json(exam), "calibration",
                        calibration_json(&exam->metrics), "speed", speed_json(&shown->speeds[i])));
    add_intervals(json, exam);
    report_refusals refusals;
    if (report_refusals_of(&refusals, exam, NULL)) {
        json_decref(json);
        return NULL;
    }
    (void)json_object_set_new(json, "refusals", report_refusals_json(&refusals));
    return json;
}

json_t *report_json(const report_shown *shown) {
    json_t *json = subject_json(shown, 0);
    if (!json) return NULL;
    if (shown->subjects->baselines)
        (void)json_object_set_new(json, "baselines",
                                  report_baselines_json(shown->subjects->baselines, shown->exams));
    add_rest(json, shown);
    return json;
}

json_t *report_duel_json(const report_duel *duel) {
    const double ends[2] = {duel->difference.low, duel->difference.high};
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "both", count_json(duel->paired.both), "only_a",
                     count_json(duel->paired.first), "only_b", count_json(duel->paired.second), "neither",
                     count_json(duel->paired.none), "difference", real(duel->difference.difference),
                     "difference_interval", ends_json(ends), "p", real(duel->p));
}

json_t *report_comparison_json(const report_shown *shown, dsc_error *error) {
    report_duel all, *classes = dsc_allocate(shown->exams->metrics.classes, sizeof *classes);
    json_t *list = json_array(), *json = NULL;
    if (classes && !report_compare(&all, classes, shown->exams, error)) {
        for (size_t k = 0; k < shown->exams->metrics.classes; k++)
            (void)json_array_append_new(list, report_duel_json(&classes[k]));
        json = json_pack("{s:o, s:o, s:o, s:O}", "a", subject_json(shown, 0), "b", subject_json(shown, 1),
                         "all", report_duel_json(&all), "classes", list);
        if (json) add_rest(json, shown);
    }
    json_decref(list);
    free(classes);
    return json;
}

void report_tell_where(const command_call *call, const char *out, const report_figures *figures) {
    if (!out) {
        command_remark(call, "Next, for the whole report with figures: --out DIR");
        return;
    }
    for (size_t i = 0; i < figures->count; i++)
        if (figures->figures[i].missing)
            command_remark(call, "The report lacks the figure '%s': %s", figures->figures[i].name,
                           figures->figures[i].missing);
    command_remark(call, "Saved the report: %s/%s", out, REPORT_PAGE);
}
