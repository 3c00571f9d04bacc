/* SPDX-License-Identifier: MIT */
/* find.h: finds the four files of a data set like MNIST in a folder, whatever variant of their names is
 * used. */
#ifndef DSC_DATA_FIND_H
#define DSC_DATA_FIND_H

#include "data/known.h"

/* The path of file `which` in `folder`: NAME.gz or NAME, written with '-' or '.' before "idx", whichever
 * is there first in that order, or in a folder of that name. Where none is, the file of another name that
 * dsc_mnist_name knows, if all such names in the folder begin alike; "FOLDER/emnist-letters" means the
 * files in FOLDER that begin so. *path is NULL if none is; release with free(). */
dsc_status dsc_mnist_find(char **path, const char *folder, int which, dsc_error *error);

/* Whether a name is that of one of the four files, in any of the ways in which they are published, as in
 * "emnist-letters-test-images-idx3-ubyte.gz": *which it is, and how many letters stand before "test"
 * there. */
bool dsc_mnist_name(int *which, size_t *prefix, const char *name);

/* The folder of FOLDER or FOLDER/emnist-letters, in a new text; NULL if memory is short. */
char *dsc_mnist_folder(const char *place);

/* Whether `text` is a folder, or what the names of files in its folder begin with. */
bool dsc_mnist_is_place(const char *text);

/* Whether the folder holds several sets of such files, so that dsc_mnist_find finds none. */
bool dsc_mnist_is_ambiguous(const char *folder);

/* Fails with what there is in the place of the four files, of which those in the text `missing` are
 * missing. */
dsc_status dsc_mnist_fail_missing(const char *folder, const char *missing, dsc_error *error);

#endif
