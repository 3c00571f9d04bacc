/* SPDX-License-Identifier: MIT */
/* refusals.h: errors against refusals in a report: how many answers are wrong without the least sure. */
#ifndef REPORT_REFUSALS_H
#define REPORT_REFUSALS_H

#include "base/text.h"
#include "measure/refusal.h"
#include "report/exam.h"
#include "report/figures.h"

#include <jansson.h>

enum { REPORT_REFUSAL_POINTS = 6 };

typedef struct report_refusal_point {
    double share;   /* to be refused: 0, 0.005, ... 0.1 */
    size_t refused; /* so many answers, the nearest number */
    double error;   /* of the answers that are left, the share that is wrong */
} report_refusal_point;

typedef struct report_refusals {
    size_t count; /* of all answers */
    report_refusal_point points[REPORT_REFUSAL_POINTS];
    double area;                    /* under the curve: dsc_refusals_area */
    double below;                   /* the model's threshold; 0: it has none */
    report_refusal_point threshold; /* what that refuses; all 0 without */
} report_refusals;

dsc_status report_refusals_of(report_refusals *refusals, const report_exam *exam, dsc_error *error);

/* The curve, from no refusals to a fifth or what the model's threshold refuses: the figure "refusals". */
dsc_status report_draw_refusals(report_figures *figures, const report_exam *exam, dsc_error *error);

/* A section of the page; lines of text; NULL for want of memory. */
void report_page_refusals(dsc_text *page, const report_figures *figures, const report_refusals *refusals);
void report_append_refusals(dsc_text *text, const report_refusals *refusals);
json_t *report_refusals_json(const report_refusals *refusals);

#endif
