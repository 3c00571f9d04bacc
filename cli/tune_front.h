/* SPDX-License-Identifier: MIT */
/* tune_front.h: the Pareto front of accuracy against size of a search with a budget, as text, JSON and
 * chart. */
#ifndef CLI_TUNE_FRONT_H
#define CLI_TUNE_FRONT_H

#include "command.h"
#include "tune/tune.h"

/* Appends a table of the front, the smallest trial first; nothing without a budget. */
dsc_status tune_front_text(dsc_text *text, const dsc_tune_search *search, dsc_error *error);

/* The numbers, from 1, of the front's trials, the smallest first; null without a budget. NULL without
 * memory. */
json_t *tune_front_json(const dsc_tune_search *search);

/* The budget: flash and ram in bytes (null: no limit), numbers; null without a budget. */
json_t *tune_budget_json(const dsc_tune_search *search);

/* Writes FOLDER/front.svg and .png; DSC_ERROR_UNSUPPORTED without cairo. */
dsc_status tune_front_save(const char *folder, const dsc_tune_search *search, dsc_error *error);

#endif
