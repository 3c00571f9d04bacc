/* SPDX-License-Identifier: MIT */
/* in_time.h: `descender train --seconds` and `--minutes`: picks what to train in a given time, and keeps to
 * the time. */
#ifndef CLI_IN_TIME_H
#define CLI_IN_TIME_H

#include "command.h"
#include "run/run.h"
#include "source.h"
#include "tune/timed.h"

enum { COMMAND_WAYS_MOST = 16 };

/* Starts as {0}: no time limit; the functions below then do nothing. */
typedef struct command_in_time {
    double seconds; /* for the whole command; 0: no limit */
    double begun;   /* on the monotonic clock */
    double tail;    /* estimated seconds after the last step */
    bool untouched; /* no option that decides the result was given */
    const dsc_known_data *known;
    dsc_timed_way ways[COMMAND_WAYS_MOST];
    size_t count, picked;
    uint64_t planned, told; /* steps: planned before the start; last reported */
    dsc_timed_clock clock;
    bool gave_up; /* the run could not be changed, because its folder cannot be written */
} command_in_time;

/* Starts the time. */
void command_in_time_begin(command_in_time *in_time, double seconds);
void command_in_time_clear(command_in_time *in_time);

/* Refuses options that conflict with a time, such as --epochs. */
dsc_status command_in_time_check(const command_in_time *in_time, command_call *call, dsc_error *error);

/* Whether the candidate recipes are those measured on these data; then no suggestion is needed. */
bool command_in_time_knows(const command_in_time *in_time, const command_call *call, const dsc_recipe *recipe,
                           const char *name, const command_data *data);

/* Measures the candidate recipes, prints the measurements and the expected result, and sets *recipe and *name
 * to the best candidate, with its epochs and steps. `recipe` is complete; it is the only candidate unless it
 * is called DSC_RECIPE_AUTO and no network is given. `given` are the user's options. */
dsc_status command_in_time_pick(command_in_time *in_time, dsc_recipe *recipe, char **name, command_call *call,
                                const dsc_recipe *given, const command_data *data, unsigned threads,
                                dsc_error *error);

/* Called before the first step of `run`; and after each step, to shorten or lengthen the run and report
 * it. */
void command_in_time_start(command_in_time *in_time, const dsc_training_run *run);
void command_in_time_look(command_in_time *in_time, const command_call *call, dsc_training_run *run);

/* The result. NULL without memory. */
void command_in_time_append(dsc_text *text, const command_in_time *in_time);
json_t *command_in_time_json(const command_in_time *in_time, uint64_t steps);

#endif
