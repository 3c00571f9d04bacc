/* SPDX-License-Identifier: MIT */
/* curves.h: a run's curves, drawn from its log.jsonl. */
#ifndef REPORT_CURVES_H
#define REPORT_CURVES_H

#include "draw/chart.h"
#include "draw/terminal.h"

/* Appends loss and accuracy as text, `rows` lines high; nothing if there is no data. */
dsc_status report_curves_text(dsc_text *text, const char *run, size_t rows, const draw_terminal *terminal,
                              dsc_error *error);

/* Calls `use` with the chart titled `title` (NULL: none), valid during the call, and returns its result; does
 * not call it if there is no data. */
dsc_status report_curves_use(const char *run, const char *title,
                             dsc_status (*use)(void *user, const draw_chart *chart, dsc_error *error),
                             void *user, dsc_error *error);

/* Writes RUN/curves.svg and RUN/curves.png, titled `title`; DSC_ERROR_UNSUPPORTED without cairo. */
dsc_status report_curves_save(const char *run, const char *title, dsc_error *error);

#endif
