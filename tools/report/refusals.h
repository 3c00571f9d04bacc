/* SPDX-License-Identifier: MIT */
/* refusals.h: the error rate against the share of refused answers, for reports. */
#ifndef REPORT_REFUSALS_H
#define REPORT_REFUSALS_H

#include "base/text.h"
#include "measure/refusal.h"
#include "report/exam.h"
#include "report/figures.h"

#include <jansson.h>

enum { REPORT_REFUSAL_POINTS = 6 };

typedef struct report_refusal_point {
    double share;   /* requested share of refusals: 0, 0.005, ... 0.1 */
    size_t refused; /* number of refused answers, rounded */
    double error;   /* error rate of the remaining answers */
} report_refusal_point;

typedef struct report_refusals {
    size_t count; /* all answers */
    report_refusal_point points[REPORT_REFUSAL_POINTS];
    double area;                    /* under the curve: dsc_refusals_area */
    double below;                   /* the model's threshold; 0: none */
    report_refusal_point threshold; /* effect of that threshold; all 0 without one */
} report_refusals;

dsc_status report_refusals_of(report_refusals *refusals, const report_exam *exam, dsc_error *error);

/* Draws the figure "refusals": the curve up to a fifth, or up to the model's threshold. */
dsc_status report_draw_refusals(report_figures *figures, const report_exam *exam, dsc_error *error);

/* A section of the page; lines of text; JSON that the caller releases, NULL without memory. */
void report_page_refusals(dsc_text *page, const report_figures *figures, const report_refusals *refusals);
void report_append_refusals(dsc_text *text, const report_refusals *refusals);
json_t *report_refusals_json(const report_refusals *refusals);

#endif
