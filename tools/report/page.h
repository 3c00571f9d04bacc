/* SPDX-License-Identifier: MIT */
/* page.h: the parts of a report's pages. Texts are HTML unless stated otherwise. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/report.h"
#include "report/text.h"

/* Begins a page, from the doctype to the content; `lead` is HTML below the title. */
void report_page_begin(dsc_text *page, const char *title, const char *lead);
void report_page_end(dsc_text *page);
/* The same for a page with its own style and a script that runs at its end; both may be NULL. */
void report_page_begin_with(dsc_text *page, const char *title, const char *lead, const char *style,
                            bool scripted);
void report_page_end_with(dsc_text *page, const char *script);

/* Begins a section with its heading, and adds it to the table of contents. */
void report_section(dsc_text *page, const char *id, const char *heading);
void report_section_end(dsc_text *page);

/* Appends a large number with a name and a note below; all are trusted HTML. */
void report_tile(dsc_text *page, const char *name, const char *value, const char *note);

/* Appends the figure of that name, or the reason why there is none. `caption` is HTML, or NULL. */
void report_page_figure(dsc_text *page, const report_figures *figures, const char *name, const char *caption);

/* Checks that the page is complete, writes FOLDER/report.html, and empties the text. */
dsc_status report_page_write(dsc_text *page, const char *folder, dsc_error *error);

/* Appends a paragraph about NaN or infinite answers, if there are any. */
void report_page_not_finite(dsc_text *page, const dsc_metrics *metrics);

/* Append the tiles of accuracy with its interval, and of loss and calibration. */
void report_page_accuracy(dsc_text *page, const dsc_metrics *metrics);
void report_page_loss(dsc_text *page, const dsc_metrics *metrics);

/* Appends tiles about size and speed. */
void report_page_speed(dsc_text *page, const report_speed *speed);

extern const char report_style[]; /* style.c */

#endif
