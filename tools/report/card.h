/* SPDX-License-Identifier: MIT */
/* card.h: a model card in Markdown: Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019). What was measured, or is
 * known from the run, is filled in; what takes a person's judgement is asked, in lines that begin with
 * REPORT_QUESTION, and never invented. The front matter is that of the Hugging Face Hub, so that the card can be a model's
 * README.md there. */
#ifndef REPORT_CARD_H
#define REPORT_CARD_H

#include "report/data_facts.h"
#include "report/robustness.h"
#include "report/speed.h"
#include "report/strokes.h"
#include "report/text.h"
#include "train/recipe.h"
#include "train/run_facts.h"

#define REPORT_QUESTION "> **To be answered:** "

/* All of it is to be there, except where it says otherwise; texts may come from anywhere. */
typedef struct report_card {
    const char *name;         /* of the recipe */
    const char *model_sha256; /* of the file; empty: unknown */
    const dsc_recipe *recipe;
    const dsc_run_facts *facts; /* without a log: an empty start */
    const report_exam *exam;    /* on the test set */
    const char *data_name;
    const report_data_facts *test;
    const report_speed *speed;
    const report_slice (*slices)[REPORT_SLICES]; /* (REPORT_TRAITS) */
    const size_t *crossed;                       /* see report_slice_up */
    const report_trial *trials;                  /* (REPORT_TRIALS) */
} report_card;

void report_append_card(dsc_text *text, const report_card *card);

/* How many questions a text asks. */
size_t report_count_questions(const char *text);

/* --- for the two files it is written by --- */

void report_append_card_details(dsc_text *text, const report_card *card); /* who, what, how */
void report_append_card_results(dsc_text *text, const report_card *card); /* tables of measurements */
/* A card is handed on: of a path on this machine only the last name goes into it, and MNIST is MNIST wherever it lies. */
const char *report_public_name(const char *name);
void report_ask(dsc_text *text, const char *question);

#endif
