/* SPDX-License-Identifier: MIT */
/* baselines.h: compares a model with what is possible without a network, on the same images. */
#ifndef REPORT_BASELINES_H
#define REPORT_BASELINES_H

#include "measure/baselines.h"
#include "report/report.h"

#include <jansson.h>

typedef struct report_baselines {
    dsc_baselines measured;
    report_duel majority, neighbours; /* first: the model; second: the baseline */
} report_baselines;

/* Measures the baselines on the exam's images, learned from `training`, the matching training set, and
 * compares them with the exam's answers. Release with report_baselines_clear, also after a failure. */
dsc_status report_baselines_measure(report_baselines *baselines, const report_exam *exam,
                                    const dsc_dataset *training, unsigned threads, const report_watch *watch,
                                    dsc_error *error);
void report_baselines_clear(report_baselines *baselines);

/* Appends the line "baseline: always "1", the most frequent class, right on 11.35 %". */
void report_append_majority(dsc_text *text, const char *class_name, double share);
/* Appends that line and the other results for people; and a section of the page. */
void report_append_baselines(dsc_text *text, const report_baselines *baselines, const report_exam *exam);
void report_page_baselines(dsc_text *page, const report_baselines *baselines, const report_exam *exam);

/* {"majority": {"class", "accuracy", "difference", "difference_interval", "p"}, "neighbours": {"neighbours",
 * "searched", "training", ...}}, which the caller releases; NULL: out of memory. */
json_t *report_baselines_json(const report_baselines *baselines, const report_exam *exam);

#endif
