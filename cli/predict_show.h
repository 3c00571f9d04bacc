/* SPDX-License-Identifier: MIT */
/* predict_show.h: answers as text, as JSON, and drawn on the picture. */
#ifndef CLI_PREDICT_SHOW_H
#define CLI_PREDICT_SHOW_H

#include "base/text.h"
#include "predict_work.h"

/* Whether the answer is finite but below the threshold in use. */
bool predict_is_refused(const predict_answer *answer, const predict_reader *reader);
/* Whether the answer is below the model's own threshold: the mark is no digit. */
bool predict_is_no_digit(const predict_answer *answer, const predict_reader *reader);
/* The number of such answers. */
size_t predict_no_digits(const predict_result *result, const predict_reader *reader);

/* Appends one line per image: name, answer, probability and runners-up, `top` in all; and the reading of a
 * picture with several digits, without refused marks. Refused answers are shown as "no digit" (for other
 * models "no answer"), or left out. */
void predict_append(dsc_text *text, const predict_result *result, const predict_reader *reader, size_t top);

/* Appends each image as the network saw it, beside the shares of the answer, for the terminal. */
dsc_status predict_append_pictures(dsc_text *text, const predict_result *result, const predict_reader *reader,
                                   dsc_error *error);

/* The answers, and a separate list of refused ones. NULL without memory. */
json_t *predict_json(const predict_result *result, const predict_reader *reader, size_t top);

/* Saves the picture with boxes and readings as .png or .svg; boxes of refused marks are grey. */
dsc_status predict_draw(const char *path, const predict_result *result, const predict_reader *reader,
                        dsc_error *error);

#endif
