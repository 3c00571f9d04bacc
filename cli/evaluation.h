/* SPDX-License-Identifier: MIT */
/* evaluation.h: what a model reached, as text and as JSON, the same after training and in `descender
 * evaluate`. */
#ifndef CLI_EVALUATION_H
#define CLI_EVALUATION_H

#include "command.h"

#include "base/text.h"
#include "measure/metrics.h"

/* "accuracy 97.91 % (95 % interval 97.61 to 98.17), loss 0.0712, 209 of 10000 wrong" */
void command_append_accuracy(dsc_text *text, const dsc_metrics *metrics);

/* Columns for the names of the model's classes, at least `least`; and a name, whole, filled with spaces to
 * `width` columns. */
size_t command_name_width(const dsc_model *model, size_t least);
void command_append_name(dsc_text *text, const char *name, size_t width);

/* Says on standard error how many answers are NaN or infinite, if any are. */
void command_warn_of_answers(const dsc_metrics *metrics);

/* All metrics as tables. `top`: how many of the top-k; `model` names the classes. */
void command_append_metrics(dsc_text *text, const dsc_metrics *metrics, const dsc_model *model, size_t top);

/* The confusion matrix alone, or the largest mistakes where there are many classes, which are called `names`;
 * and as lists of numbers, NULL for want of memory. */
void command_append_confusion(dsc_text *text, const dsc_metrics *metrics, const char *const *names);
json_t *command_confusion_json(const dsc_metrics *metrics);

/* All metrics as JSON; NULL for want of memory. What cannot be computed is null. */
json_t *command_metrics_json(const dsc_metrics *metrics, const dsc_model *model, size_t top);

#endif
