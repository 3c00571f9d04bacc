/* SPDX-License-Identifier: MIT */
/* questions.c: writes questions as separate paragraphs. */
#include "report/questions.h"

#include <string.h>

void report_ask(dsc_text *text, const char *question) {
    dsc_text_append(text, "\n" REPORT_QUESTION "%s\n", question);
}

size_t report_count_questions(const char *text) {
    size_t count = 0;
    for (; (text = strstr(text, REPORT_QUESTION)); text++) count++;
    return count;
}
