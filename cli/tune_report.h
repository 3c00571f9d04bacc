/* SPDX-License-Identifier: MIT */
/* tune_report.h: the results of a search: as text, as JSON, and as a chart of each parameter against
 * accuracy. */
#ifndef CLI_TUNE_REPORT_H
#define CLI_TUNE_REPORT_H

#include "command.h"
#include "draw/terminal.h"
#include "tune/tune.h"

/* Prints the best trial, the parameters' importance, and the recipe's path. */
dsc_status tune_report_text(const dsc_tune *tune, dsc_error *error);
dsc_status tune_report_json(const dsc_tune *tune, dsc_error *error);

/* --- tune_chart.c --- */

/* Appends the chart as text. */
dsc_status tune_chart_text(dsc_text *text, const dsc_tune_search *search, const draw_terminal *terminal,
                           dsc_error *error);

/* Writes FOLDER/what-mattered.svg and .png; DSC_ERROR_UNSUPPORTED without cairo. */
dsc_status tune_chart_save(const char *folder, const dsc_tune_search *search, dsc_error *error);

#endif
