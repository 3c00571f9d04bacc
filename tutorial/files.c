/* SPDX-License-Identifier: MIT */
/* files.c: the tutorial's section 1, "Load the MNIST dataset", from the names of four files to x_train,
 * y_train, x_test and y_test.
 *
 * This is what --plain runs. Without it dsc_mnist_open does the same in one call, and faster: it keeps the
 * decompressed arrays in a cache. Both give the same bytes; a test compares them. */
#include "base/error.h"
#include "data/find.h"
#include "data/known.h"
#include "tutorial.h"

#include <stdlib.h>

/* 1. The names of the four files, and what each holds. */
const tutorial_file tutorial_data_sources[TUTORIAL_FILES] = {
    {"training_images", "train-images-idx3-ubyte.gz", DSC_TRAIN_IMAGES}, /* 60,000 images */
    {"test_images", "t10k-images-idx3-ubyte.gz", DSC_TEST_IMAGES},       /* 10,000 images */
    {"training_labels", "train-labels-idx1-ubyte.gz", DSC_TRAIN_LABELS}, /* 60,000 labels */
    {"test_labels", "t10k-labels-idx1-ubyte.gz", DSC_TEST_LABELS},       /* 10,000 labels */
};

/* 2. Load the data: first check whether the file is stored locally. What is not there has been downloaded
 * before: fetch_mnist (tools/fetch) does so, and lets a file take its name only when its SHA-256 is right.
 *
 * 3. Decompress it, and make an array of its bytes. The tutorial skips the header with offset=16 and
 * offset=8; dsc_idx_read reads it, for it says how long the array is and of what shape. */
static dsc_status read_file(dsc_array *array, const tutorial_file *file, const char *folder,
                            dsc_error *error) {
    char *path;
    dsc_status status = dsc_mnist_find(&path, folder, file->which, error);
    if (status) return status;
    if (!path)
        return dsc_fail(error, DSC_ERROR_IO, "%s: %s is not there; `descender data fetch` downloads it",
                        folder, file->name);
    status = dsc_idx_read(array, path, error);
    free(path);
    return status;
}

/* 4. Split the data: images x and labels y, for training and for testing. A dataset is such a pair. The
 * library keeps the images' height and width; the rows of 784 pixels are the same bytes end to end. */
static dsc_status pair(dsc_dataset **data, const dsc_array *x, const dsc_array *y, const char *name,
                       dsc_error *error) {
    if (x->type != DSC_U8 || y->type != DSC_U8 || x->rank != 3 || y->rank != 1 || x->shape[0] != y->shape[0])
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected bytes (N, height, width) and labels (N,), as MNIST has them; omit "
                        "--plain to open other data",
                        name);
    dsc_dataset_options options = dsc_dataset_options_defaults();
    options.images = x->data;
    options.labels = y->data;
    options.count = x->shape[0];
    options.shape[1] = x->shape[1];
    options.shape[2] = x->shape[2];
    options.classes = 10;
    options.name = name;
    return dsc_dataset_create(data, &options, error);
}

dsc_status tutorial_read_files(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               dsc_error *error) {
    dsc_array arrays[TUTORIAL_FILES] = {{0}}; /* the tutorial's mnist_dataset */
    dsc_status status = DSC_OK;
    *train = *test = NULL;
    for (size_t i = 0; i < TUTORIAL_FILES && !status; i++)
        status = read_file(&arrays[i], &tutorial_data_sources[i], folder, error);

    const dsc_array *x_train = &arrays[0], *x_test = &arrays[1], *y_train = &arrays[2], *y_test = &arrays[3];
    if (!status) status = pair(train, x_train, y_train, "MNIST, training set", error);
    if (!status) status = pair(test, x_test, y_test, "MNIST, test set", error);

    for (size_t i = 0; i < TUTORIAL_FILES; i++) dsc_array_clear(&arrays[i]);
    if (!status) return DSC_OK;
    dsc_dataset_free(*train);
    *train = NULL;
    return status;
}
