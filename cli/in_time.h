/* SPDX-License-Identifier: MIT */
/* in_time.h: `descender train --seconds` and `--minutes`: what to train in a given time, and keeping to
 * it. */
#ifndef CLI_IN_TIME_H
#define CLI_IN_TIME_H

#include "command.h"
#include "run/run.h"
#include "source.h"
#include "tune/timed.h"

enum { COMMAND_WAYS_MOST = 16 };

/* Starts as {0}, and does nothing then. */
typedef struct command_in_time {
    double seconds; /* for all of the command; 0: as long as the recipe takes */
    double begun;   /* on the machine's clock */
    double tail;    /* what comes after the last step takes so long, about */
    bool untouched; /* nothing that decides the result was given */
    const dsc_known_data *known;
    dsc_timed_way ways[COMMAND_WAYS_MOST];
    size_t count, picked;
    uint64_t planned, told; /* steps: before the start, and as was last told */
    dsc_timed_clock clock;
    bool gave_up; /* the run could not be changed: its folder cannot be written */
} command_in_time;

/* From here on the time runs. */
void command_in_time_begin(command_in_time *in_time, double seconds);
void command_in_time_clear(command_in_time *in_time);

/* Refuses what goes with no time, such as --epochs. */
dsc_status command_in_time_check(const command_in_time *in_time, command_call *call, dsc_error *error);

/* Whether the recipes to choose from are those that were measured on these data: then nothing needs to be
 * suggested. */
bool command_in_time_knows(const command_in_time *in_time, const command_call *call, const dsc_recipe *recipe,
                           const char *name, const command_data *data);

/* Measures the recipes that come into question, prints that and what is to be expected, and puts the one that
 * suits into *recipe and *name, with its epochs and steps. `recipe` is complete, and there is no other where
 * it is not called DSC_RECIPE_AUTO, or a network is given; `given` are the user's options. */
dsc_status command_in_time_pick(command_in_time *in_time, dsc_recipe *recipe, char **name, command_call *call,
                                const dsc_recipe *given, const command_data *data, unsigned threads,
                                dsc_error *error);

/* Before the first step of `run`; and after each step: shortens or lengthens it, and says so. */
void command_in_time_start(command_in_time *in_time, const dsc_training_run *run);
void command_in_time_look(command_in_time *in_time, const command_call *call, dsc_training_run *run);

/* What became of it. NULL: out of memory. */
void command_in_time_append(dsc_text *text, const command_in_time *in_time);
json_t *command_in_time_json(const command_in_time *in_time, uint64_t steps);

#endif
