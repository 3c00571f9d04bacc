/* SPDX-License-Identifier: MIT */
/* evaluate_parts.h: how good a model is on parts of a set: those that a data set is known to have,
 * populations, and writers, where the labels say who wrote. */
#ifndef CLI_EVALUATE_PARTS_H
#define CLI_EVALUATE_PARTS_H

#include "command.h"
#include "measure/evaluator.h"

/* Starts as {0}: then there are no parts, and the calls below do nothing. */
typedef struct evaluate_parts {
    const dsc_dataset *data;
    bool is_test; /* only a test set has the parts of its row */
    bool *right;  /* by sample */
} evaluate_parts;

/* For the answers to `data`, which must live on. Nothing is to be told of it: the parts stay {0}. */
dsc_status evaluate_parts_start(evaluate_parts *parts, const dsc_dataset *data, bool is_test,
                                dsc_error *error);
void evaluate_parts_add(evaluate_parts *parts, const dsc_answer *answer);
/* Appends tables to the text, or sets "parts", "populations" and "writers". Fail only for want of memory. */
dsc_status evaluate_parts_append(dsc_text *text, const evaluate_parts *parts, dsc_error *error);
dsc_status evaluate_parts_json(json_t *json, const evaluate_parts *parts, dsc_error *error);
void evaluate_parts_clear(evaluate_parts *parts);

#endif
