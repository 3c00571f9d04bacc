/* SPDX-License-Identifier: MIT */
/* questions.h: questions that cards and datasheets leave to a person. */
#ifndef REPORT_QUESTIONS_H
#define REPORT_QUESTIONS_H

#include "base/text.h"

#define REPORT_QUESTION "> **To be answered:** "

void report_ask(dsc_text *text, const char *question);

/* Number of questions in a text. */
size_t report_count_questions(const char *text);

#endif
