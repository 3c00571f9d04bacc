/* SPDX-License-Identifier: MIT */
/* card.h: a model card in Markdown: Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019). Measured
 * or recorded facts are filled in. Questions that need a person's judgement are asked, in lines that begin
 * with REPORT_QUESTION; answers are never invented. The front matter is that of the Hugging Face Hub, so that
 * the card can be a model's README.md there. */
#ifndef REPORT_CARD_H
#define REPORT_CARD_H

#include "report/card_parts.h"

void report_append_card(dsc_text *text, const report_card *card);

#endif
