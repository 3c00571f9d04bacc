/* SPDX-License-Identifier: MIT */
/* page.h: the parts that pages of a report are made of. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/report.h"
#include "report/text.h"

/* From the doctype to where the content begins; `lead` is HTML and stands below the title. */
void report_page_begin(dsc_text *page, const char *title, const char *lead);
void report_page_end(dsc_text *page);
/* The same of a page with styles of its own, and a script, which runs at its end; both may be NULL. */
void report_page_begin_with(dsc_text *page, const char *title, const char *lead, const char *style,
                            bool scripted);
void report_page_end_with(dsc_text *page, const char *script);

/* A section with its heading, and how it is called in the list of contents. */
void report_section(dsc_text *page, const char *id, const char *heading);
void report_section_end(dsc_text *page);

/* One large number with its name and a note below; all HTML but made here. */
void report_tile(dsc_text *page, const char *name, const char *value, const char *note);

/* The figure of that name, or why there is none. `caption` is HTML, or NULL. */
void report_page_figure(dsc_text *page, const report_figures *figures, const char *name, const char *caption);

/* Checks that the page could be built, writes it to FOLDER/report.html, and empties it. */
dsc_status report_page_write(dsc_text *page, const char *folder, dsc_error *error);

/* A paragraph on answers that are NaN or infinite, if there are any. */
void report_page_not_finite(dsc_text *page, const dsc_metrics *metrics);

/* Tiles about size and speed. */
void report_page_speed(dsc_text *page, const report_speed *speed);

extern const char report_style[]; /* style.c */

#endif
