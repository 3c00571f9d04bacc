/* SPDX-License-Identifier: MIT */
/* evaluate_parts.h: accuracy on parts of a set: the parts of a known data set, populations, and writers if
 * the labels name them. */
#ifndef CLI_EVALUATE_PARTS_H
#define CLI_EVALUATE_PARTS_H

#include "command.h"
#include "measure/evaluator.h"

/* Starts as {0}: no parts; the functions below then do nothing. */
typedef struct evaluate_parts {
    const dsc_dataset *data;
    bool is_test; /* only a test set has its row's parts */
    bool *right;  /* per sample */
} evaluate_parts;

/* Starts counting the answers to `data`, which must outlive `parts`. Without parts of any kind, `parts` stays
 * {0}. */
dsc_status evaluate_parts_start(evaluate_parts *parts, const dsc_dataset *data, bool is_test,
                                dsc_error *error);
void evaluate_parts_add(evaluate_parts *parts, const dsc_answer *answer);
/* Appends tables to the text, or sets "parts", "populations" and "writers". Fails only without memory. */
dsc_status evaluate_parts_append(dsc_text *text, const evaluate_parts *parts, dsc_error *error);
dsc_status evaluate_parts_json(json_t *json, const evaluate_parts *parts, dsc_error *error);
void evaluate_parts_clear(evaluate_parts *parts);

#endif
