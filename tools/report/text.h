/* SPDX-License-Identifier: MIT */
/* text.h: what comes from outside (class names, paths, model texts), put into HTML, Markdown and YAML so
 * that it is read as text there and as nothing else. Bytes that are not UTF-8, and control characters,
 * become U+FFFD. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base/text.h"

void report_append_html(dsc_text *out, const char *text);     /* in elements and in quoted attributes */
void report_append_public(dsc_text *out, const char *name);   /* the same of dsc_public_name */
void report_append_markdown(dsc_text *out, const char *text); /* in a paragraph or a cell of a table */
void report_append_public_markdown(dsc_text *out, const char *name);
void report_append_yaml(dsc_text *out, const char *text); /* a scalar, with its quotes */

/* "97.91", of a share; "-" if it is not finite. And "97.6 to 98.2". */
char *report_percent(char out[32], double share, int decimals);
char *report_loss(char out[32], double loss); /* four decimals */
char *report_percents(char out[80], const double interval[2], int decimals);

/* A size in bytes, kB or MB. */
char *report_bytes(char out[48], double bytes);

/* The shortest decimal that reads back, whole numbers without a point: "0.5", "10". */
char *report_number(char out[32], double value);

/* Seconds as us, ms or s. */
char *report_seconds(char out[48], double seconds);

#endif
