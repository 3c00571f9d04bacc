/* SPDX-License-Identifier: MIT */
/* text.h: inserts external texts (class names, paths, model texts) into HTML, Markdown and YAML so that they
 * are read as plain text. Invalid UTF-8 and control characters become U+FFFD. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base/text.h"

void report_append_html(dsc_text *out, const char *text);     /* for elements and quoted attributes */
void report_append_public(dsc_text *out, const char *name);   /* the same for dsc_public_name */
void report_append_markdown(dsc_text *out, const char *text); /* for paragraphs and table cells */
void report_append_public_markdown(dsc_text *out, const char *name);
void report_append_yaml(dsc_text *out, const char *text); /* a scalar with its quotes */

/* Formats a share as "97.91"; "-" if it is not finite. And an interval as "97.6 to 98.2". */
char *report_percent(char out[32], double share, int decimals);
char *report_loss(char out[32], double loss); /* four decimals */
char *report_percents(char out[80], const double interval[2], int decimals);

/* Formats a size in bytes, kB or MB. */
char *report_bytes(char out[48], double bytes);

/* The shortest decimal that reads back, integers without a point: "0.5", "10". */
char *report_number(char out[32], double value);

/* Formats seconds in us, ms or s. */
char *report_seconds(char out[48], double seconds);

#endif
