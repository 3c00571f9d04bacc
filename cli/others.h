/* SPDX-License-Identifier: MIT */
/* others.h: --others, images that belong to none of the classes. */
#ifndef CLI_OTHERS_H
#define CLI_OTHERS_H

#include "source.h"
#include "train/recipe.h"

typedef struct command_others {
    dsc_dataset
        *data;  /* all of them, one behind the other, called "letters, scribbles"; NULL: none are named */
    char *list; /* the same names, of files as whole paths: for recipes */
} command_others;

/* Opens each of the data that `list` names, divided by commas, as --data opens them (a path that has commas
 * is one name if there is such a file), and joins their training sets, or with `test` their test sets (the
 * training set of data that have none). Their labels are lost. `list` NULL: there are none. Data of several
 * shapes or types are a MISMATCH. Release with command_others_close, also after a failure. */
dsc_status command_others_open(command_others *others, command_call *call, const char *list,
                               const dsc_reading *reading, bool offline, bool test, dsc_error *error);

/* The same of those that a recipe names, whose others_data they become; with `begins` it gets their names as
 * whole paths. `moved`: where they are now; NULL: where the recipe says. */
dsc_status command_others_of_recipe(command_others *others, command_call *call, dsc_recipe *recipe,
                                    const char *moved, bool begins, bool offline, dsc_error *error);
void command_others_close(command_others *others);

#endif
