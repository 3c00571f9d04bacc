/* SPDX-License-Identifier: MIT */
/* folder.h: opens the four files of a data set like MNIST that lie in a folder. */
#ifndef DSC_DATA_FOLDER_H
#define DSC_DATA_FOLDER_H

#include "data/find.h"

/* Calls `visit` with the path of every file that is read to open the data of a place, if it is there: of the
 * four files that there are, labels.txt, images.json, and the mapping of EMNIST. Ends with the first failure
 * of `visit`. */
typedef dsc_status dsc_path_visitor(void *user, const char *path, dsc_error *error);
dsc_status dsc_mnist_visit(const char *place, dsc_path_visitor *visit, void *user, dsc_error *error);

/* The first of $DESCENDER_DATA, ./data and the user's cache in which any of the four files lies. NULL in
 * *folder, and an error that says where was looked, if there is none. Release with free(). */
dsc_status dsc_mnist_locate(char **folder, dsc_error *error);

/* dsc_mnist_open with options (NULL: the defaults). */
dsc_status dsc_mnist_open_with(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               const dsc_open_options *options, dsc_error *error);

#endif
