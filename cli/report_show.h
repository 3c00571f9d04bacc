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
    const dsc_remarks *remarks;    /* what does not fit the first one in the data */
    const report_figures *figures; /* NULL: no page was written */
} report_shown;

void report_append_summary(dsc_text *text, const report_shown *shown);
dsc_status report_append_comparison(dsc_text *text, const report_shown *shown, dsc_error *error);

/* NULL for want of memory, or for what `error` says. */
json_t *report_json(const report_shown *shown);
json_t *report_comparison_json(const report_shown *shown, dsc_error *error);

#endif
