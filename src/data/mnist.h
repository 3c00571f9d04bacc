/* SPDX-License-Identifier: MIT */
/* mnist.h: MNIST's four files: their names, what is known of them, and where they are looked for. */
#ifndef DSC_DATA_MNIST_H
#define DSC_DATA_MNIST_H

#include "data/idx.h"

enum { DSC_TRAIN_IMAGES, DSC_TRAIN_LABELS, DSC_TEST_IMAGES, DSC_TEST_LABELS, DSC_MNIST_FILES };

/* The four files of the original MNIST, decompressed. */
typedef struct dsc_mnist_file {
    const char *name; /* "train-images-idx3-ubyte" */
    size_t size;
    uint32_t crc;
} dsc_mnist_file;

extern const dsc_mnist_file dsc_mnist_files[DSC_MNIST_FILES];

/* Which of the original's four files has this size and CRC-32, or -1. */
int dsc_mnist_known(size_t size, uint32_t crc);

/* "MNIST, training set" or "MNIST, test set" if the two are that, by size and CRC-32; else NULL. */
const char *dsc_dataset_known_name(const dsc_content *images, const dsc_content *labels);

/* The path of file `which` in `folder`: NAME.gz or NAME, written with '-' or '.' before "idx", whichever
 * is there first in that order, or in a folder of that name. Where none is, the file of another name that
 * dsc_mnist_name knows, if all such names in the folder begin alike; "FOLDER/emnist-letters" means the
 * files in FOLDER that begin so. *path is NULL if none is; release with free(). */
dsc_status dsc_mnist_find(char **path, const char *folder, int which, dsc_error *error);

/* Calls `visit` with the path of every file that is read to open the data of a place, if it is there: of the
 * four files that there are, labels.txt, images.json, and the mapping of EMNIST. Ends with the first failure
 * of `visit`. */
typedef dsc_status dsc_path_visitor(void *user, const char *path, dsc_error *error);
dsc_status dsc_mnist_visit(const char *place, dsc_path_visitor *visit, void *user, dsc_error *error);

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

/* The first of $DESCENDER_DATA, ./data and the user's cache in which any of the four files lies. NULL in
 * *folder, and an error that says where was looked, if there is none. Release with free(). */
dsc_status dsc_mnist_locate(char **folder, dsc_error *error);

/* dsc_mnist_open with options (NULL: the defaults). */
dsc_status dsc_mnist_open_with(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               const dsc_open_options *options, dsc_error *error);

#endif
