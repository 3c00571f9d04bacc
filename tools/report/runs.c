/* SPDX-License-Identifier: MIT */
/* runs.c: the page about several runs: results, curves, and pairwise tests. */
#include "report/page.h"

#include "base/error.h"
#include "base/file.h"
#include "model/title.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct several {
    const report_entry *entries;
    size_t count;
    const report_match *matches;
    size_t match_count;
} several;

static size_t group_count(const several *s) {
    size_t groups = 0;
    for (size_t i = 0; i < s->count; i++) groups += s->entries[i].group == i;
    return groups;
}

/* Number of entries with answers. */
static size_t examined(const several *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) count += s->entries[i].exam != NULL;
    return count;
}

/* --- networks and results --- */

static void append_number(dsc_text *page, double value) {
    char number[48];
    dsc_text_append(page, "<td>%s</td>", value > 0 ? dsc_format_grouped(number, value) : "-");
}

static void append_seconds(dsc_text *page, double value) {
    char number[32];
    if (value > 0)
        dsc_text_append(page, "<td>%s&nbsp;s</td>", dsc_format_fixed(number, sizeof number, value, 1));
    else
        dsc_text_append(page, "<td>-</td>");
}

static void append_scores(dsc_text *page, const dsc_metrics *m) {
    char a[48], b[80];
    double ends[2];
    dsc_wilson_interval(ends, m->top[0], m->count);
    dsc_text_append(page, "<td>%s <small>%s</small></td>", report_percent(a, dsc_metrics_accuracy(m), 2),
                    report_percents(b, ends, 2));
    dsc_text_append(page, "<td>%zu <small>of %zu</small></td><td>%s</td>", m->count - m->top[0], m->count,
                    report_loss(a, dsc_metrics_loss(m)));
    dsc_text_append(page, "<td>%s</td>", report_percent(a, dsc_metrics_calibration_error(m), 2));
}

static void append_epochs(dsc_text *page, const report_subject *about) {
    char epochs[32], kept[32];
    if (!about->facts || !(about->facts->epochs > 0))
        dsc_text_append(page, "<td>-</td>");
    else if (report_kept_epoch(about) > 0)
        dsc_text_append(page, "<td>%s <small>weights of %s</small></td>",
                        report_number(epochs, about->facts->epochs),
                        report_number(kept, report_kept_epoch(about)));
    else
        dsc_text_append(page, "<td>%s</td>", report_number(epochs, about->facts->epochs));
}

static void append_entry(dsc_text *page, const report_entry *entry, size_t number) {
    const char *network = report_entry_network(entry);
    dsc_text_append(page, "<tr><th scope=\"row\">%zu <small>", number);
    report_append_public(page, entry->about.name);
    dsc_text_append(page, "</small></th>");
    if (entry->exam)
        append_scores(page, &entry->exam->metrics);
    else
        dsc_text_append(page, "<td colspan=\"4\">no model yet</td>");
    append_number(page, report_entry_parameters(entry));
    append_epochs(page, &entry->about);
    append_seconds(page, entry->about.facts ? entry->about.facts->seconds : 0);
    dsc_text_append(page, "<td>");
    report_append_public(page, entry->about.data_name);
    dsc_text_append(page, "</td><td>");
    report_append_html(page, network ? network : "-");
    dsc_text_append(page, "</td></tr>\n");
}

static void append_entries(dsc_text *page, const report_figures *figures, const several *s) {
    static const char *const columns[] = {
        "run",        "accuracy, %", "wrong",    "loss", "calibration error, %",
        "parameters", "epochs",      "training", "data", "network"};
    report_section(page, "runs", "Results of each run");
    dsc_text_append(
        page,
        "<div class=\"wide\"><table class=\"runs\"><caption>On the %s. Accuracy with its 95 percent "
        "interval.</caption><thead><tr>",
        s->entries->about.split);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        dsc_text_append(page, "<th scope=\"col\">%s</th>", columns[i]);
    dsc_text_append(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < s->count; i++) append_entry(page, &s->entries[i], i + 1);
    dsc_text_append(page, "</tbody></table></div>\n");
    report_page_figure(page, figures, "accuracies",
                       "Each run has its own interval. If two intervals overlap, the table of pairs below "
                       "may still separate the runs, because it compares them image by image.");
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i].exam) report_page_not_finite(page, &s->entries[i].exam->metrics);
    report_section_end(page);
}

/* --- pairs --- */

static void append_p(dsc_text *page, double p) {
    char number[32];
    if (p < 0.0001)
        dsc_text_append(page, "<td>&lt;0.0001</td>");
    else
        dsc_text_append(page, "<td>%s</td>", dsc_format_fixed(number, sizeof number, p, 4));
}

static void append_pair_cell(dsc_text *page, const several *s, size_t row, size_t column) {
    const report_match *match =
        row == column ? NULL : report_find_match(s->matches, s->match_count, row, column);
    if (!match)
        dsc_text_append(page, "<td>%s</td>", row == column ? "" : "-");
    else if (row < column)
        append_p(page, match->corrected);
    else
        dsc_text_append(page, "<td>%zu : %zu</td>", report_right_alone(match, row),
                        report_right_alone(match, column));
}

static void append_how_to_read(dsc_text *page, const several *s) {
    dsc_text_append(page,
                    "<p>How to read it: p is above the diagonal. Below the diagonal are the images that only "
                    "one of the two runs answers right, first those of the row&rsquo;s run. A p below 0.05 "
                    "means that a split this uneven would be rare if both runs had the same error rate, so "
                    "these two sets of weights differ. A larger p does not mean that they are alike.</p>\n");
    if (s->match_count == 1) return;
    dsc_text_append(
        page,
        "<p>%zu tests together find something by chance more often than one test, so each p is corrected for "
        "their number by Holm&rsquo;s method (S. Holm, &ldquo;A simple sequentially rejective multiple test "
        "procedure&rdquo;, Scandinavian Journal of Statistics 6, 1979).</p>\n",
        s->match_count);
}

static void append_groups(dsc_text *page, const several *s) {
    if (group_count(s) < 2) return;
    dsc_text_append(page,
                    "<p><strong>Runs that were measured on different images cannot be compared in "
                    "pairs.</strong> These runs were measured on the same images, with the same classes:");
    for (size_t g = 0, groups = 0; g < s->count; g++) {
        if (s->entries[g].group != g) continue;
        dsc_text_append(page, "%s", groups++ ? "; " : " ");
        for (size_t i = g, n = 0; i < s->count; i++)
            if (s->entries[i].group == g) dsc_text_append(page, "%s%zu", n++ ? ", " : "", i + 1);
    }
    dsc_text_append(page, ".</p>\n");
}

static void append_pairs(dsc_text *page, const several *s) {
    report_section(page, "pairs", "All pairs of runs, image by image");
    append_groups(page, s);
    if (s->match_count) {
        dsc_text_append(
            page, "<div class=\"wide\"><table class=\"pairs\"><caption>Above the diagonal: p of "
                  "McNemar&rsquo;s exact test, corrected. Below: images that only the row&rsquo;s run "
                  "answers right : only the column&rsquo;s.</caption><thead><tr><th scope=\"col\">run</th>");
        for (size_t k = 0; k < s->count; k++) dsc_text_append(page, "<th scope=\"col\">%zu</th>", k + 1);
        dsc_text_append(page, "</tr></thead><tbody>\n");
        for (size_t i = 0; i < s->count; i++) {
            dsc_text_append(page, "<tr><th scope=\"row\">%zu</th>", i + 1);
            for (size_t k = 0; k < s->count; k++) append_pair_cell(page, s, i, k);
            dsc_text_append(page, "</tr>\n");
        }
        dsc_text_append(page, "</tbody></table></div>\n");
        append_how_to_read(page, s);
    }
    report_section_end(page);
}

/* --- the page --- */

static void append_method(dsc_text *page) {
    report_section(page, "method", "How this was measured");
    dsc_text_append(page,
                    "<p>Intervals are of 95 percent, and Wilson&rsquo;s; they apply to other images of the "
                    "same kind. p is from McNemar&rsquo;s exact test on the images that only one run answers "
                    "right. The calibration error is the mean distance between confidence and accuracy over "
                    "%d equal bins of confidence, weighted by their number of images. A difference on one "
                    "test set with one training run each says nothing about other seeds.</p>\n",
                    DSC_CALIBRATION_BINS);
    report_section_end(page);
}

/* The name of the data if all runs have the same; for a single run its own title. */
static void append_title(dsc_text *title, const several *s) {
    dsc_text first = {0};
    dsc_public_name(&first, s->entries->about.data_name);
    bool same = !first.failed;
    for (size_t i = 1; i < s->count && same; i++) {
        dsc_text other = {0};
        dsc_public_name(&other, s->entries[i].about.data_name);
        same = !other.failed && !strcmp(first.data, other.data);
        dsc_text_free(&other);
    }
    if (s->count == 1) {
        report_entry_title(title, s->entries);
    } else {
        if (same) dsc_text_append(title, "%s: ", first.data);
        dsc_text_append(title, "%zu networks side by side", s->count);
    }
    dsc_text_free(&first);
}

static void append_lead(dsc_text *lead, const several *s) {
    const size_t without = s->count - examined(s);
    for (size_t i = 0; i < s->count && group_count(s) == 1; i++)
        if (s->entries[i].group == i)
            dsc_text_append(lead, "All%s answered the same %zu images.", without ? " that have a model" : "",
                            s->entries[i].exam->metrics.count);
    if (group_count(s) > 1)
        dsc_text_append(
            lead, "They did not all answer the same images, so their scores cannot be compared directly.");
    if (without)
        dsc_text_append(lead, "%s%zu of %zu %s no model yet.", lead->length ? " " : "", without, s->count,
                        without == 1 ? "has" : "have");
}

static dsc_status write_page(const char *folder, const report_figures *figures, const several *s,
                             dsc_error *error) {
    dsc_text page = {0}, title = {0}, lead = {0};
    append_title(&title, s);
    append_lead(&lead, s);
    if (lead.failed || title.failed) page.failed = true;
    if (!page.failed) report_page_begin(&page, title.data, lead.data);
    dsc_text_free(&lead);
    dsc_text_free(&title);
    dsc_text_append(&page,
                    "<nav aria-label=\"Contents\"><a href=\"#runs\">Runs</a><a href=\"#curves\">Training</a>"
                    "<a href=\"#pairs\">Pairs</a><a href=\"#method\">Method</a></nav>\n");
    append_entries(&page, figures, s);
    report_section(&page, "curves", "Training");
    report_page_figure(&page, figures, "curves",
                       "Measured on the images that a run held out for validation. A run without held-out "
                       "images, marked (training), is measured on its training images, which flatters it.");
    report_section_end(&page);
    append_pairs(&page, s);
    append_method(&page);
    report_page_end(&page);
    return report_page_write(&page, folder, error);
}

dsc_status report_write_runs(report_figures *figures, const char *folder, const report_entry *entries,
                             size_t count, const report_match *matches, size_t match_count,
                             const report_watch *watch, dsc_error *error) {
    const several s = {entries, count, matches, match_count};
    *figures = (report_figures){.folder = folder};
    dsc_status status = dsc_folder_make(folder, error);
    if (!status) status = report_draw_accuracies(figures, entries, count, error);
    if (!status) status = report_draw_many_curves(figures, entries, count, error);
    if (!status) status = report_tell(watch, "drawing", 1, 1, error);
    return status ? status : write_page(folder, figures, &s, error);
}
