/* SPDX-License-Identifier: MIT */
/* given.h: combines recipes with the user's options, for every command that has a recipe's options. */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include "command.h"
#include "train/suggest.h"

/* Replaces the recipe's values by those that the user gave. `given` is what the option table filled. */
dsc_status command_recipe_override(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                   dsc_error *error);

/* Whether `name` is DSC_RECIPE_AUTO. */
bool command_recipe_is_auto(const char *name);

/* The trained model that a recipe starts from, and which parts the new network copies. All zero: none. */
typedef struct command_start {
    dsc_model *model;
    dsc_model *teacher;     /* another model: the recipe's teacher */
    size_t numbers, copied; /* elements of the new network's parameters and statistics: all, and copied */
    json_t *afresh;         /* names of those not copied whole */
} command_start;

/* Call it after the recipe and its copies are no longer used. */
void command_start_clear(command_start *start);

/* For a resumed search or study: loads the model that its recipe starts from. A missing file is not an error
 * here; whoever needs the model reports it. */
dsc_status command_start_again(command_start *start, dsc_recipe *recipe, dsc_error *error);

/* Opens the recipe `name` with the user's options over it. For DSC_RECIPE_AUTO the defaults stand in for the
 * suggestion. The caller checks the recipe before fetching data. Loads the recipe's start model into *start,
 * which is to be cleared also after a failure. */
dsc_status command_recipe_begin(dsc_recipe *recipe, command_start *start, const char *name,
                                command_call *call, const dsc_recipe *given, dsc_error *error);

/* Completes the recipe after the data are open and command_recipe_settle has named them. For DSC_RECIPE_AUTO:
 * takes the suggestion for the data with the user's options over it, and prints the choices with their
 * reasons. A given network with {NAME}, which a search fills in, gets the epochs of the suggested network.
 * For another recipe that starts from a model, without a network given by the user: takes the start model's
 * network, for the classes and images of the data. Sets and prints what *start copies. The caller checks the
 * recipe. */
dsc_status command_recipe_complete(dsc_recipe *recipe, command_start *start, const char *name,
                                   command_call *call, const dsc_recipe *given, const dsc_dataset *train,
                                   unsigned threads, dsc_error *error);

/* Makes the recipe name the data that were found: `asked` was requested and `found` was opened. `auto` may
 * mean something else later, and a relative path something else in another folder. */
dsc_status command_recipe_settle(dsc_recipe *recipe, const char *asked, const char *found, dsc_error *error);

#endif
