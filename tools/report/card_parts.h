/* SPDX-License-Identifier: MIT */
/* card_parts.h: the input of a model card, and the parts that card_details.c writes. */
#ifndef REPORT_CARD_PARTS_H
#define REPORT_CARD_PARTS_H

#include "report/data_facts.h"
#include "report/robustness.h"
#include "report/speed.h"
#include "report/strokes.h"
#include "report/text.h"
#include "run/facts.h"
#include "train/recipe.h"

/* Every member must be set unless stated otherwise; texts may come from anywhere. */
typedef struct report_card {
    const char *title;        /* dsc_model_title */
    const char *model_sha256; /* of the file; empty: unknown */
    const char *file; /* the last part of its path, if there is only a model's file and no run; or NULL */
    const dsc_recipe *recipe;   /* NULL if there is no run */
    const dsc_run_facts *facts; /* without a log: an empty start */
    const report_exam *exam;    /* on the test set */
    const char *data_title;     /* dsc_public_name of the data it was measured on */
    const char *figure;         /* of the confusion matrix: the name of a PNG beside the card; NULL: none */
    const report_data_facts *test;
    const report_speed *speed;
    const report_slice (*slices)[REPORT_SLICES]; /* (REPORT_TRAITS) */
    const size_t *crossed;                       /* see report_slice_up */
    const report_trial *trials;                  /* (REPORT_TRIALS) */
} report_card;

void report_append_card_use(dsc_text *text, const report_card *card);     /* commands and programs */
void report_append_card_details(dsc_text *text, const report_card *card); /* origin and training */
void report_append_card_results(dsc_text *text, const report_card *card); /* tables of measurements */

#endif
