/* SPDX-License-Identifier: MIT */
/* baselines.h: a model beside what is reached without a network, on the same images. */
#ifndef REPORT_BASELINES_H
#define REPORT_BASELINES_H

#include "measure/baselines.h"
#include "report/report.h"

#include <jansson.h>

typedef struct report_baselines {
    dsc_baselines measured;
    report_duel majority, neighbours; /* the model is the first, the baseline the second */
} report_baselines;

/* Measures the baselines on the exam's images, learned from `training`, the training set that belongs to
 * them, and compares the exam's answers with theirs. Release with report_baselines_clear, also after a
 * failure. */
dsc_status report_baselines_measure(report_baselines *baselines, const report_exam *exam,
                                    const dsc_dataset *training, unsigned threads, const report_watch *watch,
                                    dsc_error *error);
void report_baselines_clear(report_baselines *baselines);

/* "baseline: always "1", the most frequent class, right on 11.35 %", a line. */
void report_append_majority(dsc_text *text, const char *class_name, double share);
/* That line, and what more there is, for people; and a section of the page. */
void report_append_baselines(dsc_text *text, const report_baselines *baselines, const report_exam *exam);
void report_page_baselines(dsc_text *page, const report_baselines *baselines, const report_exam *exam);

/* {"majority": {"class", "accuracy", "difference", "difference_interval", "p"}, "neighbours": {"neighbours",
 * "searched", "training", ...}}; NULL: out of memory. */
json_t *report_baselines_json(const report_baselines *baselines, const report_exam *exam);

#endif
