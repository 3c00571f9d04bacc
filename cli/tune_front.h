/* SPDX-License-Identifier: MIT */
/* tune_front.h: of a search with a budget the front of accuracy against size: as text, JSON and a chart. */
#ifndef CLI_TUNE_FRONT_H
#define CLI_TUNE_FRONT_H

#include "command.h"
#include "tune/tune.h"

/* Appends a table of the trials on the front, the smallest first. Nothing without a budget. */
dsc_status tune_front_text(dsc_text *text, const dsc_tune_search *search, dsc_error *error);

/* The numbers of those trials, from 1, the smallest first; null without a budget. NULL for want of memory. */
json_t *tune_front_json(const dsc_tune_search *search);

/* The budget and what its bytes are of: flash and ram (null: no limit), numbers; null without a budget. */
json_t *tune_budget_json(const dsc_tune_search *search);

/* Writes FOLDER/front.svg and .png; DSC_ERROR_UNSUPPORTED where there is no cairo. */
dsc_status tune_front_save(const char *folder, const dsc_tune_search *search, dsc_error *error);

#endif
