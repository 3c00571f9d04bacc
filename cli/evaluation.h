/* SPDX-License-Identifier: MIT */
/* evaluation.h: a model's metrics as text and JSON, the same after training and in `descender evaluate`. */
#ifndef CLI_EVALUATION_H
#define CLI_EVALUATION_H

#include "command.h"

#include "base/text.h"
#include "measure/metrics.h"

/* "accuracy 97.91 % (95 % interval 97.61 to 98.17), loss 0.0712, 209 of 10000 wrong" */
void command_append_accuracy(dsc_text *text, const dsc_metrics *metrics);

/* The columns needed for the names of the model's classes, at least `least`; and appending a whole name,
 * padded with spaces to `width` columns. */
size_t command_name_width(const dsc_model *model, size_t least);
void command_append_name(dsc_text *text, const char *name, size_t width);

/* Reports on standard error the number of answers that are NaN or infinite, if any. */
void command_warn_of_answers(const dsc_metrics *metrics);

/* Appends all metrics as tables. `top`: the k of top-k; `model` has the class names. */
void command_append_metrics(dsc_text *text, const dsc_metrics *metrics, const dsc_model *model, size_t top);

/* The confusion matrix; with many classes, which are called `names`, the most frequent mistakes. The JSON
 * form is lists of numbers; NULL without memory. */
void command_append_confusion(dsc_text *text, const dsc_metrics *metrics, const char *const *names);
json_t *command_confusion_json(const dsc_metrics *metrics);

/* All metrics as JSON; undefined ones are null. NULL without memory. */
json_t *command_metrics_json(const dsc_metrics *metrics, const dsc_model *model, size_t top);

#endif
