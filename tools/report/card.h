/* SPDX-License-Identifier: MIT */
/* card.h: a model card in Markdown: Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019). What was
 * measured, or is known from the run, is filled in; what takes a person's judgement is asked, in lines that
 * begin with REPORT_QUESTION, and never invented. The front matter is that of the Hugging Face Hub, so that
 * the card can be a model's README.md there. */
#ifndef REPORT_CARD_H
#define REPORT_CARD_H

#include "report/card_parts.h"

void report_append_card(dsc_text *text, const report_card *card);

#endif
