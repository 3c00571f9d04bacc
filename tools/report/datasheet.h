/* SPDX-License-Identifier: MIT */
/* datasheet.h: a datasheet in Markdown for a folder of data: Gebru et al., "Datasheets for Datasets" (2018;
 * CACM 2021), with its seven headings. Measurable facts are filled in; the rest is asked, as in a card. */
#ifndef REPORT_DATASHEET_H
#define REPORT_DATASHEET_H

#include "base/text.h"
#include "data/duplicates.h"
#include "report/data_facts.h"
#include "report/strokes.h"

typedef struct report_datasheet {
    const char *name;           /* "MNIST (/data)" */
    const dsc_dataset *sets[2]; /* training, test */
    report_data_facts facts[2];
    dsc_duplicates within[2], across;   /* images that occur twice */
    double traits[2][REPORT_TRAITS][3]; /* 5th, 50th, 95th percentile; NaN: no ink */
} report_datasheet;

/* Measures everything. The texts and sets must outlive the sheet. */
dsc_status report_measure_data(report_datasheet *sheet, const char *name, const dsc_dataset *train,
                               const dsc_dataset *test, dsc_error *error);

void report_append_datasheet(dsc_text *text, const report_datasheet *sheet);

#endif
