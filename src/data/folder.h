/* SPDX-License-Identifier: MIT */
/* folder.h: opens the four IDX files of a data set in a folder. */
#ifndef DSC_DATA_FOLDER_H
#define DSC_DATA_FOLDER_H

#include "data/find.h"

/* Calls `visit` for every existing file that opening a place reads: the four files, labels.txt, images.json
 * and EMNIST's mapping. Stops at the first failure of `visit`. */
typedef dsc_status dsc_path_visitor(void *user, const char *path, dsc_error *error);
dsc_status dsc_mnist_visit(const char *place, dsc_path_visitor *visit, void *user, dsc_error *error);

/* Finds the first of $DESCENDER_DATA, ./data and the user's cache that holds any of the four files; the
 * caller frees *folder. If there is none, *folder is NULL and the error lists the places searched. */
dsc_status dsc_mnist_locate(char **folder, dsc_error *error);

/* dsc_mnist_open with options (NULL: the defaults). */
dsc_status dsc_mnist_open_with(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               const dsc_open_options *options, dsc_error *error);

#endif
