/* SPDX-License-Identifier: MIT */
/* find_rate.h: `descender train --find-rate`. */
#ifndef CLI_FIND_RATE_H
#define CLI_FIND_RATE_H

#include "command.h"
#include "train/recipe.h"

/* Runs the range test; prints the suggested rate and a chart, or JSON. */
dsc_status command_find_rate(command_call *call, const dsc_recipe *recipe, const dsc_dataset *data,
                             const char *data_name, unsigned threads, dsc_error *error);

#endif
