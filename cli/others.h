/* SPDX-License-Identifier: MIT */
/* others.h: --others: images of no class. */
#ifndef CLI_OTHERS_H
#define CLI_OTHERS_H

#include "source.h"
#include "train/recipe.h"

typedef struct command_others {
    dsc_dataset *data; /* joined, called "letters, scribbles"; NULL: none */
    char *list;        /* the same names with absolute paths, for recipes */
} command_others;

/* Opens the data of the comma-separated `list` like --data (an existing path that contains commas is one
 * name), and joins their training sets; with `test` their test sets, or the training set of data without one.
 * Labels are dropped. `list` NULL: none. DSC_ERROR_MISMATCH: the shapes or types differ. Release with
 * command_others_close, also after a failure. */
dsc_status command_others_open(command_others *others, command_call *call, const char *list,
                               const dsc_reading *reading, bool offline, bool test, dsc_error *error);

/* The same for a recipe: sets its others_data; with `begins` also makes its names absolute paths. `moved`:
 * the present place of the data; NULL: the recipe's. */
dsc_status command_others_of_recipe(command_others *others, command_call *call, dsc_recipe *recipe,
                                    const char *moved, bool begins, bool offline, dsc_error *error);
void command_others_close(command_others *others);

#endif
