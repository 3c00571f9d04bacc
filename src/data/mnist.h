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

/* The path of file `which` in `folder`: NAME.gz or NAME, written with '-' or '.' before "idx", whichever is
 * there first in that order. *path is NULL if none is; release with free(). */
dsc_status dsc_mnist_find(char **path, const char *folder, int which, dsc_error *error);

/* The first of $DESCENDER_DATA, ./data and the user's cache in which any of the four files lies. NULL in
 * *folder, and an error that says where was looked, if there is none. Release with free(). */
dsc_status dsc_mnist_locate(char **folder, dsc_error *error);

/* dsc_mnist_open with options (NULL: the defaults). */
dsc_status dsc_mnist_open_with(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               const dsc_open_options *options, dsc_error *error);

#endif
