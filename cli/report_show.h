/* SPDX-License-Identifier: MIT */
/* report_show.h: a report as text and as JSON. */
#ifndef CLI_REPORT_SHOW_H
#define CLI_REPORT_SHOW_H

#include "command.h"
#include "report/report.h"

/* One model, or two for the comparisons. */
typedef struct report_shown {
    const report_subject *subjects;
    const report_exam *exams;
    const report_speed *speeds;
    const dsc_remarks *remarks;    /* differences between the data and the first model */
    const report_figures *figures; /* NULL: no page was written */
} report_shown;

void report_append_summary(dsc_text *text, const report_shown *shown);
dsc_status report_append_comparison(dsc_text *text, const report_shown *shown, dsc_error *error);

/* NULL without memory, or with `error` set. */
json_t *report_json(const report_shown *shown);
json_t *report_comparison_json(const report_shown *shown, dsc_error *error);

/* Several runs, and the tests between any two of them. */
typedef struct report_shown_runs {
    const report_entry *entries;
    size_t count;
    const report_match *matches;
    size_t match_count;
    const report_figures *figures; /* NULL: no page was written */
} report_shown_runs;

/* Tables of at most `width` columns, at least 60. */
void report_append_runs(dsc_text *text, const report_shown_runs *shown, size_t width);
json_t *report_runs_json(const report_shown_runs *shown); /* NULL: no memory */

/* Prints on standard error where the page is and which figures are missing; `out` NULL: how to get a page. */
void report_tell_where(const command_call *call, const char *out, const report_figures *figures);

/* {"both": 9700, "only_a": 80, ...}; and adding the names of figures to `json`. */
json_t *report_duel_json(const report_duel *duel);
void report_add_figures(json_t *json, const report_figures *figures);

#endif
