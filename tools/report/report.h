/* SPDX-License-Identifier: MIT */
/* report.h: a report: one page of HTML that needs nothing but itself, and its figures as files beside it. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "draw/claim.h"
#include "report/exam.h"
#include "report/figures.h"
#include "report/speed.h"

#define REPORT_PAGE "report.html"

/* What is reported on. Texts may come from anywhere. */
typedef struct report_subject {
    const char *name;      /* as the user calls it: the run's folder, or the model's file */
    const char *run;       /* the run's folder; NULL: a model alone */
    const char *data_name; /* what it was measured on */
    const char *split;     /* "test set" */
    unsigned threads;
} report_subject;

/* Before the examination: makes `folder`, and fails if a report could not be written there, or would replace
 * what is not of a report: pictures that were not drawn by Descender, another page. */
dsc_status report_claim(const char *folder, draw_on_in_place *on_in_place, dsc_error *error);

/* Draws the figures and writes the page into `folder`, which is made if it is missing; files of these names
 * there are replaced. Figures that could not be made are named on the page, with the reason. Returns what
 * was drawn, to be released with report_figures_clear, also after a failure. */
dsc_status report_write(report_figures *figures, const char *folder, const report_subject *subject,
                        const report_exam *exam, const report_speed *speed, const report_watch *watch,
                        dsc_error *error);

/* Two models on the same data. */
dsc_status report_write_comparison(report_figures *figures, const char *folder,
                                   const report_subject subjects[2], const report_exam exams[2],
                                   const report_speed speeds[2], const report_watch *watch, dsc_error *error);

/* What two exams on the same data say of each class: p is McNemar's, corrected by Holm for the number of
 * classes. */
typedef struct report_duel {
    dsc_paired paired;
    dsc_difference difference; /* of the shares that are right: the first's minus the second's */
    double p;                  /* NaN: no image of the class */
} report_duel;

/* `classes` (classes); `all` of all images. Fails unless both were on the same data and classes. */
dsc_status report_compare(report_duel *all, report_duel *classes, const report_exam exams[2],
                          dsc_error *error);

#endif
