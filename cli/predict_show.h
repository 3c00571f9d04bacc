/* SPDX-License-Identifier: MIT */
/* predict_show.h: answers as text, as JSON, and drawn on the picture. */
#ifndef CLI_PREDICT_SHOW_H
#define CLI_PREDICT_SHOW_H

#include "base/text.h"
#include "predict_work.h"

/* Whether there is an answer, and it is not sure enough to be given. */
bool predict_is_refused(const predict_answer *answer, const predict_reader *reader);
/* Whether it is below the model's own threshold: what was found is no digit. */
bool predict_is_no_digit(const predict_answer *answer, const predict_reader *reader);
/* How many are. */
size_t predict_no_digits(const predict_result *result, const predict_reader *reader);

/* One line for each image: name, answer, probability and runners-up, `top` in all; and a line with the
 * reading of a picture of several, without what is no digit. Answers that are refused are "no digit" (of
 * other models "no answer"), or left out. */
void predict_append(dsc_text *text, const predict_result *result, const predict_reader *reader, size_t top);

/* What the network saw of each image, with what its answer depends on beside it, as the terminal can show
 * it. */
dsc_status predict_append_pictures(dsc_text *text, const predict_result *result, const predict_reader *reader,
                                   dsc_error *error);

/* Answers, and in a list of their own those that are refused. NULL for want of memory. */
json_t *predict_json(const predict_result *result, const predict_reader *reader, size_t top);

/* The picture with boxes and readings, .png or .svg; what is no digit has a grey box. */
dsc_status predict_draw(const char *path, const predict_result *result, const predict_reader *reader,
                        dsc_error *error);

#endif
