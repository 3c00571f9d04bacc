/* SPDX-License-Identifier: MIT */
/* predict_tell.h: describes the changes made to images before the model saw them. */
#ifndef CLI_PREDICT_TELL_H
#define CLI_PREDICT_TELL_H

#include "predict_work.h"

/* Adds `images` of the `all` images of a file. */
void predict_note(predict_count *count, const char *file, size_t images, size_t all);

/* Prints on standard error what was done to the images of all files. Changes that may make answers wrong are
 * printed with --quiet, too. */
void predict_tell(const command_call *call, const predict_reader *reader);

/* ["scaled", "turned"], for JSON. */
json_t *predict_deeds_json(unsigned did);

#endif
