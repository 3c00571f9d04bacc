/* SPDX-License-Identifier: MIT */
/* report_runs_show.c: several runs as text that fits a narrow terminal, and as JSON. */
#include "report_show.h"

#include "evaluation.h"
#include "model/title.h"
#include "report/text.h"

#include <stdio.h>
#include <string.h>

enum { CELL = 8, HEAD = 4 };

/* ---- as text ---- */

static void append_entry(dsc_text *text, const report_entry *entry, size_t number) {
    char shown[DSC_VISIBLE], a[48], b[48];
    dsc_text title = {0};
    report_entry_title(&title, entry);
    dsc_text_append(text, "%3zu  %s\n", number, dsc_visible(shown, sizeof shown, entry->about.name));
    dsc_text_append(text, "     %s\n", dsc_visible(shown, sizeof shown, title.data ? title.data : ""));
    const dsc_run_facts *facts = entry->about.facts;
    if (facts && facts->epochs > 0) {
        dsc_text_append(text, "     %s epoch%s in %s", report_number(a, facts->epochs),
                        facts->epochs == 1 ? "" : "s", report_seconds(b, facts->seconds));
        if (report_kept_epoch(&entry->about) > 0)
            dsc_text_append(text, "; weights of epoch %s kept",
                            report_number(a, report_kept_epoch(&entry->about)));
        dsc_text_append(text, "\n");
    }
    if (!entry->exam)
        dsc_text_append(text, "     %s\n",
                        facts && facts->ended ? "its model's file is missing"
                                              : "no model yet: training has not ended");
    dsc_text_free(&title);
}

static void append_scores(dsc_text *text, const report_shown_runs *shown) {
    size_t examined = 0;
    for (size_t i = 0; i < shown->count; i++) examined += shown->entries[i].exam != NULL;
    if (!examined) return;
    dsc_text_append(text, "\non the %s\n%3s%10s%16s%9s%8s%12s\n", shown->entries->about.split, "", "accuracy",
                    "95 % interval", "loss", "calib.", "wrong");
    for (size_t i = 0; i < shown->count; i++) {
        if (!shown->entries[i].exam) {
            dsc_text_append(text, "%3zu%10s%16s%9s%8s%12s\n", i + 1, "-", "no model yet", "-", "-", "-");
            continue;
        }
        const dsc_metrics *m = &shown->entries[i].exam->metrics;
        char a[48], b[80], c[48], d[48];
        double ends[2];
        dsc_wilson_interval(ends, m->top[0], m->count);
        dsc_text wrong = {0};
        dsc_text_append(&wrong, "%zu/%zu", m->count - m->top[0], m->count);
        dsc_text_append(text, "%3zu%10s%16s%9s%8s%12s\n", i + 1,
                        report_percent(a, dsc_metrics_accuracy(m), 2), report_percents(b, ends, 2),
                        report_loss(c, dsc_metrics_loss(m)),
                        report_percent(d, dsc_metrics_calibration_error(m), 2), wrong.data ? wrong.data : "");
        dsc_text_free(&wrong);
    }
}

/* Appends a table of pairs in strips of as many columns as fit. `cell` writes a cell from its match. `half`:
 * only above the diagonal. */
static void append_pairs(dsc_text *text, const report_shown_runs *shown, size_t width, bool half,
                         void (*cell)(char out[48], const report_match *match, size_t row)) {
    const size_t each = width > HEAD + CELL ? (width - HEAD) / CELL : 1;
    for (size_t from = 0; from < shown->count; from += each) {
        const size_t to = from + each < shown->count ? from + each : shown->count;
        dsc_text_append(text, "%*s", HEAD, "");
        for (size_t k = from; k < to; k++) dsc_text_append(text, "%*zu", CELL, k + 1);
        dsc_text_append(text, "\n");
        for (size_t i = 0; i < shown->count; i++) {
            dsc_text_append(text, "%*zu", HEAD, i + 1);
            size_t blank = 0; /* blank columns, written only before further text */
            for (size_t k = from; k < to; k++) {
                blank += CELL;
                if (k == i || (half && k < i)) continue;
                char out[48] = "-";
                const report_match *match = report_find_match(shown->matches, shown->match_count, i, k);
                if (match) cell(out, match, i);
                dsc_text_append(text, "%*s", (int)blank, out);
                blank = 0;
            }
            dsc_text_append(text, "\n");
        }
    }
}

static void right_alone(char out[48], const report_match *match, size_t row) {
    (void)dsc_format_fixed(out, 48, (double)report_right_alone(match, row), 0);
}

static void corrected(char out[48], const report_match *match, size_t row) {
    (void)row;
    if (match->corrected < 0.0001)
        (void)snprintf(out, 48, "<0.0001");
    else
        (void)dsc_format_fixed(out, 48, match->corrected, 4);
}

static void append_groups(dsc_text *text, const report_shown_runs *shown) {
    size_t groups = 0;
    for (size_t g = 0; g < shown->count; g++) groups += shown->entries[g].group == g;
    if (groups < 2) return;
    dsc_text_append(text, "\nRuns that were measured on different images cannot\n"
                          "be compared in pairs. On the same images:");
    for (size_t g = 0; g < shown->count; g++) {
        if (shown->entries[g].group != g) continue;
        dsc_text_append(text, "\n    ");
        for (size_t i = g; i < shown->count; i++)
            if (shown->entries[i].group == g) dsc_text_append(text, "%s%zu", i == g ? "" : " ", i + 1);
    }
    dsc_text_append(text, "\n");
}

void report_append_runs(dsc_text *text, const report_shown_runs *shown, size_t width) {
    for (size_t i = 0; i < shown->count; i++) append_entry(text, &shown->entries[i], i + 1);
    append_scores(text, shown);
    append_groups(text, shown);
    if (!shown->match_count) return;
    dsc_text_append(text, "\nimages that the row's run has right, the column's wrong\n");
    append_pairs(text, shown, width, false, right_alone);
    dsc_text_append(text, "\np of %zu test%s, corrected for the number of tests\n", shown->match_count,
                    shown->match_count == 1 ? "" : "s");
    append_pairs(text, shown, width, true, corrected);
    dsc_text_append(text,
                    "McNemar's exact test. p: the probability of a split this\nuneven if both models had the "
                    "same error rate. Many tests\nfind something by chance, so p is corrected by "
                    "Holm's\nmethod (1979). Below 0.05 two models differ; above, they\nmay still differ.\n");
}

/* ---- as JSON ---- */

/* 0: unknown, or none. */
static json_t *real_json(double value) { return value > 0 ? json_real(value) : json_null(); }
static json_t *count_json(double value) { return value > 0 ? json_integer((json_int_t)value) : json_null(); }

static json_t *entry_json(const report_shown_runs *shown, size_t i) {
    const report_entry *entry = &shown->entries[i];
    const dsc_run_facts *facts = entry->about.facts;
    const char *network = report_entry_network(entry);
    dsc_text title = {0};
    report_entry_title(&title, entry);
    json_t *json = json_pack(
        "{s:I, s:b, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "number", (json_int_t)i + 1,
        "has_model", entry->exam != NULL, "subject", dsc_json_text(entry->about.name), "title",
        title.failed ? NULL : dsc_json_text(title.data), "data", dsc_json_text(entry->about.data_name),
        "split", entry->about.split, "network", network ? dsc_json_text(network) : json_null(), "parameters",
        count_json(report_entry_parameters(entry)), "epochs", real_json(facts ? facts->epochs : 0),
        "training_seconds", real_json(facts ? facts->seconds : 0), "kept_epoch",
        count_json(report_kept_epoch(&entry->about)), "group",
        count_json(entry->exam ? (double)entry->group + 1 : 0));
    dsc_text_free(&title);
    if (json && entry->exam)
        (void)json_object_update_new(json,
                                     command_metrics_json(&entry->exam->metrics, entry->exam->numbering, 1));
    return json;
}

json_t *report_runs_json(const report_shown_runs *shown) {
    json_t *runs = json_array(), *pairs = json_array();
    for (size_t i = 0; i < shown->count; i++) (void)json_array_append_new(runs, entry_json(shown, i));
    for (size_t i = 0; i < shown->match_count; i++) {
        const report_match *match = &shown->matches[i];
        json_t *pair = report_duel_json(&match->duel);
        (void)json_object_update_new(pair,
                                     json_pack("{s:I, s:I, s:f}", "a", (json_int_t)match->first + 1, "b",
                                               (json_int_t)match->second + 1, "p_holm", match->corrected));
        (void)json_array_append_new(pairs, pair);
    }
    json_t *json = json_pack("{s:o, s:o}", "runs", runs, "pairs", pairs);
    if (json) report_add_figures(json, shown->figures);
    return json;
}
