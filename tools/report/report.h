/* SPDX-License-Identifier: MIT */
/* report.h: a report: one page of HTML that needs nothing but itself, and its figures as files beside it. */
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

/* What is reported on. Texts may come from anywhere. */
typedef struct report_subject {
    const char *name;      /* as the user calls it: the run's folder, or the model's file */
    const char *run;       /* the run's folder; NULL: a model alone */
    const char *data_name; /* what it was measured on */
    const char *split;     /* "test set" */
    unsigned threads;
    const dsc_run_facts *facts;               /* of the run's log; NULL: it has none that can be read */
    const struct report_baselines *baselines; /* NULL: not measured */
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

/* What two exams on the same data say of all images (`label` SIZE_MAX), or of those of one class. */
typedef struct report_duel {
    dsc_paired paired;
    dsc_difference difference; /* of the shares that are right: the first's minus the second's */
    double p;                  /* McNemar's; NaN: no image of the class */
} report_duel;
report_duel report_duel_of(const report_exam *first, const report_exam *second, size_t label);

/* `classes` (classes), whose p are corrected by Holm for their number; `all` of all images. Fails unless both
 * were on the same data and classes. */
dsc_status report_compare(report_duel *all, report_duel *classes, const report_exam exams[2],
                          dsc_error *error);

/* --- any number of runs side by side: runs.c, matches.c --- */

enum { REPORT_RUNS_MOST = 64 };

/* The group of a run that has no model yet. */
#define REPORT_NO_GROUP SIZE_MAX

struct report_entry {
    report_subject about;
    const report_exam *exam; /* NULL: the run has no model yet, and answered nothing */
    size_t group; /* entries of one group answered the same images, numbered alike: the number of its first */
};

/* What it is called; the text of its network (NULL: not known), and how many parameters that has (0: not
 * known). */
void report_entry_title(dsc_text *text, const report_entry *entry);
const char *report_entry_network(const report_entry *entry);
double report_entry_parameters(const report_entry *entry);

/* The epoch whose weights early stopping kept; 0: those of the last. */
double report_kept_epoch(const report_subject *about);
/* "the weights of epoch 7 of 12, which had the best validation loss"; nothing if it was the last. */
void report_append_kept(dsc_text *text, const report_subject *about);

/* Two entries of one group. */
typedef struct report_match {
    size_t first, second; /* numbers of the entries, the first being the lower */
    report_duel duel;     /* of all images */
    double corrected;     /* its p, by Holm's method for all matches */
} report_match;

/* All pairs within the groups, the first entry's with the others first (release with free()). */
dsc_status report_match_up(report_match **matches, size_t *count, const report_entry *entries,
                           size_t entry_count, dsc_error *error);

/* The match of these two, in either order, or NULL. */
const report_match *report_find_match(const report_match *matches, size_t count, size_t one, size_t other);

/* How many images entry `one` has right and `other` wrong, from their match. */
size_t report_right_alone(const report_match *match, size_t one);

/* The page and its figures, as report_write does. */
dsc_status report_write_runs(report_figures *figures, const char *folder, const report_entry *entries,
                             size_t count, const report_match *matches, size_t match_count,
                             const report_watch *watch, dsc_error *error);

#endif
