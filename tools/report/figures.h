/* SPDX-License-Identifier: MIT */
/* figures.h: the figures of a report: each is drawn once, written as SVG and PNG, and kept for the page. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "draw/canvas.h"
#include "report/exam.h"

enum { REPORT_FIGURES_MOST = 16, REPORT_FIGURE_FILE = 256 /* a file's name with its extension */ };

typedef struct report_figure {
    char name[32];        /* of its files, without extension */
    char *title;          /* for accessibility */
    unsigned char *bytes; /* of an SVG, or of a PNG if the SVG is large; NULL: not drawn */
    size_t size;
    double width;     /* points */
    bool png, pixels; /* pixels: contains images whose brightness must not change in dark mode */
    char *missing;    /* the reason if there is none */
} report_figure;

typedef struct report_figures {
    const char *folder; /* destination of the files; must exist */
    const char *prefix; /* prefix of their names; NULL: none */
    report_figure figures[REPORT_FIGURES_MOST];
    size_t count;
} report_figures;

/* Draws the picture and writes NAME.svg and NAME.png. Without cairo, records the reason instead. */
dsc_status report_add_figure(report_figures *figures, const char *name, const draw_picture *picture,
                             bool pixels, dsc_error *error);

/* Records why there is no figure of that name. */
dsc_status report_miss_figure(report_figures *figures, const char *name, const char *why, dsc_error *error);

const report_figure *report_find_figure(const report_figures *figures, const char *name); /* or NULL */
void report_figures_clear(report_figures *figures);

/* --- the figures of an exam --- */

dsc_status report_draw_confusion(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_classes(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_calibration(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_mistakes(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_filters(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_embedding(report_figures *figures, const report_exam *exam, dsc_error *error);
dsc_status report_draw_curves(report_figures *figures, const char *run, dsc_error *error);

/* --- the figures of several runs --- */

typedef struct report_entry report_entry; /* report.h */
dsc_status report_draw_accuracies(report_figures *figures, const report_entry *entries, size_t count,
                                  dsc_error *error);
/* Loss and accuracy of all runs with a log, by epochs and by seconds. */
dsc_status report_draw_many_curves(report_figures *figures, const report_entry *entries, size_t count,
                                   dsc_error *error);

/* Names of the model's classes as an array that the caller frees; NULL without memory. */
const char **report_class_names(const dsc_model *model);

#endif
