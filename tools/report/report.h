/* SPDX-License-Identifier: MIT */
/* report.h: a report: one self-contained HTML page, and its figures as files beside it. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/text.h"
#include "draw/claim.h"
#include "report/exam.h"
#include "report/figures.h"
#include "report/speed.h"
#include "run/facts.h"

#define REPORT_PAGE "report.html"

struct report_baselines; /* baselines.h */

/* The subject of a report. Texts may come from anywhere. */
typedef struct report_subject {
    const char *name;      /* the user's name for it: the run's folder, or the model's file */
    const char *run;       /* the run's folder; NULL: only a model */
    const char *data_name; /* the data it was measured on */
    const char *split;     /* "test set" */
    unsigned threads;
    const dsc_run_facts *facts;               /* of the run's log; NULL: no readable log */
    const struct report_baselines *baselines; /* NULL: not measured */
} report_subject;

/* Call before the examination: creates `folder`, and fails if a report cannot be written there or would
 * replace foreign files: pictures not drawn by Descender, or another page. */
dsc_status report_claim(const char *folder, draw_on_in_place *on_in_place, dsc_error *error);

/* Draws the figures and writes the page into `folder`, which is created if missing; replaces existing files
 * of a report. Figures that could not be drawn are listed on the page with the reason. Release the figures
 * with report_figures_clear, also after a failure. */
dsc_status report_write(report_figures *figures, const char *folder, const report_subject *subject,
                        const report_exam *exam, const report_speed *speed, const report_watch *watch,
                        dsc_error *error);

/* Two models on the same data. */
dsc_status report_write_comparison(report_figures *figures, const char *folder,
                                   const report_subject subjects[2], const report_exam exams[2],
                                   const report_speed speeds[2], const report_watch *watch, dsc_error *error);

/* The comparison of two exams on the same data: all images (`label` SIZE_MAX), or those of one class. */
typedef struct report_duel {
    dsc_paired paired;
    dsc_difference difference; /* of the accuracies: the first minus the second */
    double p;                  /* McNemar's test; NaN: no image of the class */
} report_duel;
report_duel report_duel_of(const report_exam *first, const report_exam *second, size_t label);

/* Compares all images, and each class; `classes` (classes) have Holm-corrected p-values. Fails unless both
 * exams used the same data and classes. */
dsc_status report_compare(report_duel *all, report_duel *classes, const report_exam exams[2],
                          dsc_error *error);

/* --- any number of runs side by side: runs.c, matches.c --- */

enum { REPORT_RUNS_MOST = 64 };

/* The group of a run without a model. */
#define REPORT_NO_GROUP SIZE_MAX

struct report_entry {
    report_subject about;
    const report_exam *exam; /* NULL: the run has no model yet and no answers */
    size_t group; /* entries of one group answered the same images with the same class numbers: index of its
                   * first entry */
};

/* Its title; the text of its network (NULL: unknown); its number of parameters (0: unknown). */
void report_entry_title(dsc_text *text, const report_entry *entry);
const char *report_entry_network(const report_entry *entry);
double report_entry_parameters(const report_entry *entry);

/* The epoch whose weights early stopping kept; 0: the last. */
double report_kept_epoch(const report_subject *about);
/* Appends "the weights of epoch 7 of 12, which had the best validation loss"; nothing if it was the last. */
void report_append_kept(dsc_text *text, const report_subject *about);

/* Two entries of one group. */
typedef struct report_match {
    size_t first, second; /* indices of the entries, first < second */
    report_duel duel;     /* of all images */
    double corrected;     /* its p-value, Holm-corrected for all matches */
} report_match;

/* All pairs within the groups, starting with those of the first entry; the caller frees the array. */
dsc_status report_match_up(report_match **matches, size_t *count, const report_entry *entries,
                           size_t entry_count, dsc_error *error);

/* The match of two entries in either order, or NULL. */
const report_match *report_find_match(const report_match *matches, size_t count, size_t one, size_t other);

/* Number of images that entry `one` classifies correctly and `other` does not, from their match. */
size_t report_right_alone(const report_match *match, size_t one);

/* Writes the page and its figures, like report_write. */
dsc_status report_write_runs(report_figures *figures, const char *folder, const report_entry *entries,
                             size_t count, const report_match *matches, size_t match_count,
                             const report_watch *watch, dsc_error *error);

#endif
