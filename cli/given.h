/* SPDX-License-Identifier: MIT */
/* given.h: recipes and what the user gave of them, the same for every command whose options are a
 * recipe's. */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include "command.h"
#include "train/suggest.h"

/* Puts what the user gave over what the recipe says. `given` is what the option table has filled. */
dsc_status command_recipe_override(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                   dsc_error *error);

/* Whether `name` is DSC_RECIPE_AUTO. */
bool command_recipe_is_auto(const char *name);

/* The trained model that a recipe starts from, and what of it the new network takes. All zero: none. */
typedef struct command_start {
    dsc_model *model;
    dsc_model *teacher; /* another one: that which the recipe is taught by */
    size_t numbers,
        copied;     /* in parameters and running statistics of the new network: all, and those copied */
    json_t *afresh; /* the names of those that are not copied whole */
} command_start;

/* Not before whatever uses the recipe is done, and its copies are. */
void command_start_clear(command_start *start);

/* For a recipe of a search or a study that goes on: loads the model that it starts from. A file that is gone
 * is no error here: whatever needs it says so. */
dsc_status command_start_again(command_start *start, dsc_recipe *recipe, dsc_error *error);

/* The recipe called `name` with what the user gave over it. DSC_RECIPE_AUTO: for now the defaults stand in
 * for what will be suggested. To be checked by the caller: what is wrong is better known before data are
 * fetched than after. Loads the model that the recipe starts from into *start, which is to be cleared also
 * after a failure. */
dsc_status command_recipe_begin(dsc_recipe *recipe, command_start *start, const char *name,
                                command_call *call, const dsc_recipe *given, dsc_error *error);

/* After the data are open and command_recipe_settle has named them: replaces a recipe called
 * DSC_RECIPE_AUTO by what is suggested for the data, with what the user gave over it, and prints what was
 * picked, and why; a given network with {NAME}, which a search fills in, has no epochs yet: they are those
 * of the picked one. Leaves other recipes as they are, but for the network of one that starts from a model
 * where the user gave none: it becomes that model's, for the classes and images of the data. Fills in what
 * *start copies, and prints it. The caller checks the recipe. */
dsc_status command_recipe_complete(dsc_recipe *recipe, command_start *start, const char *name,
                                   command_call *call, const dsc_recipe *given, const dsc_dataset *train,
                                   unsigned threads, dsc_error *error);

/* Makes the recipe say what the data, asked for as `asked` and opened as `found`, really is: on another day
 * `auto` may be something else, and from another folder a relative path is. */
dsc_status command_recipe_settle(dsc_recipe *recipe, const char *asked, const char *found, dsc_error *error);

#endif
