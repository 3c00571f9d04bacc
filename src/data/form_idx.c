/* SPDX-License-Identifier: MIT */
/* form_idx.c: the four IDX files of MNIST and related data sets; only the training files if there are no test
 * files. */
#include "data/form.h"

#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static dsc_status has(bool *it, const char *folder, int which, dsc_error *error) {
    char *path = NULL;
    dsc_status status = dsc_mnist_find(&path, folder, which, error);
    *it = path != NULL;
    free(path);
    return status;
}

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    dsc_status status = DSC_OK;
    *its = false;
    if (place->is_file) {
        const char *slash = strrchr(place->path, '/');
        int which;
        size_t prefix;
        *its =
            place->kind == DSC_KIND_IDX || (place->kind == DSC_KIND_GZIP &&
                                            dsc_mnist_name(&which, &prefix, slash ? slash + 1 : place->path));
    } else if (!place->is_folder) {
        *its = dsc_mnist_is_place(place->path);
    } else {
        for (int i = 0; i < DSC_MNIST_FILES && !*its && !status; i++)
            status = has(its, place->path, i, error);
        if (!status && !*its) *its = dsc_mnist_is_ambiguous(place->path);
    }
    return status;
}

/* Opens only the training images and labels. */
static dsc_status open_training(dsc_opening *o, const char *path, const dsc_open_options *options,
                                dsc_error *error) {
    char *images = NULL, *labels = NULL;
    dsc_status status = dsc_mnist_find(&images, path, DSC_TRAIN_IMAGES, error);
    if (!status) status = dsc_mnist_find(&labels, path, DSC_TRAIN_LABELS, error);
    if (!status) status = dsc_dataset_open_with(&o->train, images, labels, options, error);
    free(images);
    free(labels);
    return status;
}

static dsc_status open_files(dsc_opening *o, const char *path, dsc_error *error) {
    const dsc_open_options options = {.cache = o->cache};
    bool there[DSC_MNIST_FILES];
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        dsc_status status = has(&there[i], path, i, error);
        if (status) return status;
    }
    const bool alone = there[DSC_TRAIN_IMAGES] && there[DSC_TRAIN_LABELS] && !there[DSC_TEST_IMAGES] &&
                       !there[DSC_TEST_LABELS];
    return alone ? open_training(o, path, &options, error)
                 : dsc_mnist_open_with(&o->train, &o->test, path, &options, error);
}

const dsc_data_form dsc_data_form_idx = {
    .name = "idx",
    .help = "folder of four IDX files, as MNIST and related data sets have, plain or gzip; FOLDER/NAME: only "
            "files whose names begin with NAME",
    .recognises = recognises,
    .open = open_files,
    .visit = dsc_mnist_visit,
};
