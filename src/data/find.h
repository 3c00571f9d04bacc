/* SPDX-License-Identifier: MIT */
/* find.h: finds the four IDX files of a data set in a folder, under any of their usual names. */
#ifndef DSC_DATA_FIND_H
#define DSC_DATA_FIND_H

#include "data/known.h"

/* Finds file `which` in `folder`: NAME.gz or NAME, with '-' or '.' before "idx", in this order, or inside a
 * folder of that name. If there is none, the file may have another name that dsc_mnist_name recognises, if
 * all such names in the folder begin alike. "FOLDER/emnist-letters" means the files in FOLDER that begin with
 * "emnist-letters". *path is NULL if there is no file; the caller frees it. */
dsc_status dsc_mnist_find(char **path, const char *folder, int which, dsc_error *error);

/* Whether `name` is a published name of one of the four files, such as
 * "emnist-letters-test-images-idx3-ubyte.gz". *which: the file; *prefix: the number of characters before
 * "test" or "train". */
bool dsc_mnist_name(int *which, size_t *prefix, const char *name);

/* Returns the folder of the place FOLDER or FOLDER/emnist-letters; the caller frees it. NULL without
 * memory. */
char *dsc_mnist_folder(const char *place);

/* Whether `text` is a folder, or a folder followed by the beginning of names of files in it. */
bool dsc_mnist_is_place(const char *text);

/* Whether the folder holds several sets of files, so that dsc_mnist_find finds none. */
bool dsc_mnist_is_ambiguous(const char *folder);

/* Fails with a message that names the missing files (`missing`) and describes what the folder has instead. */
dsc_status dsc_mnist_fail_missing(const char *folder, const char *missing, dsc_error *error);

#endif
