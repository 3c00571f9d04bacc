/* SPDX-License-Identifier: MIT */
/* predict_tell.h: what was done to images before the model saw them, in words. */
#ifndef CLI_PREDICT_TELL_H
#define CLI_PREDICT_TELL_H

#include "predict_work.h"

/* Adds `images` of a file's `all`. */
void predict_note(predict_count *count, const char *file, size_t images, size_t all);

/* Says on standard error what was done to images of all files; what may make answers wrong is said with
 * --quiet too. */
void predict_tell(const command_call *call, const predict_reader *reader);

/* ["scaled", "turned"], for JSON. */
json_t *predict_deeds_json(unsigned did);

#endif
