/* SPDX-License-Identifier: MIT */
/* given.h: recipes and what the user gave of them, the same for every command whose options are a
 * recipe's. */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include "command.h"
#include "train/recipe.h"

/* Puts a copy of `with` in the place of *text. */
dsc_status command_text_replace(char **text, const char *with, dsc_error *error);

/* Puts what the user gave over what the recipe says. `given` is what the option table has filled. */
dsc_status command_recipe_override(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                   dsc_error *error);

/* Makes the recipe say what the data, asked for as `asked` and opened as `found`, really is: on another day
 * `auto` may be something else, and from another folder a relative path is. */
dsc_status command_recipe_settle(dsc_recipe *recipe, const char *asked, const char *found, dsc_error *error);

#endif
