/* SPDX-License-Identifier: MIT */
/* making.h: creates small data for the tests of src/data. Paths live until the test program ends. */
#ifndef MAKING_H
#define MAKING_H

#include "testing.h"

#include "base/file.h"
#include "data/array.h"

static inline const char *make_path(const char *folder, const char *name) {
    static char paths[64][512];
    static int next;
    char path[512]; /* `folder` may itself lie in `paths` */
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return memcpy(paths[next++ % 64], path, sizeof path);
}

static inline const char *make_text(const char *folder, const char *name, const char *text) {
    const char *path = make_path(folder, name);
    dsc_error error;
    ASSERT_OK(dsc_file_write(path, text, strlen(text), &error), error);
    return path;
}

/* Writes bytes of the shape; byte i is (i * step + first) % modulus. */
static inline const char *make_idx(const char *folder, const char *name, size_t rank, const size_t *shape,
                                   size_t first, size_t step, size_t modulus) {
    const char *path = make_path(folder, name);
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_array_create(&array, DSC_U8, rank, shape, &error), error);
    for (size_t i = 0; i < dsc_array_count(&array); i++)
        ((uint8_t *)array.data)[i] = (uint8_t)((i * step + first) % modulus);
    ASSERT_OK(dsc_idx_write(path, &array, &error), error);
    dsc_array_clear(&array);
    return path;
}

static inline const char *make_images(const char *folder, const char *name, size_t count, size_t height,
                                      size_t width) {
    const size_t shape[3] = {count, height, width};
    return make_idx(folder, name, 3, shape, 0, 7, 251);
}

static inline const char *make_labels(const char *folder, const char *name, size_t count, size_t classes) {
    return make_idx(folder, name, 1, &count, 0, 1, classes);
}

/* The four files, with 30 + 20 images of 4 x 5 and ten classes. */
static inline const char *make_mnist(const char *folder) {
    (void)make_images(folder, "train-images-idx3-ubyte.gz", 30, 4, 5);
    (void)make_labels(folder, "train-labels-idx1-ubyte.gz", 30, 10);
    (void)make_images(folder, "t10k-images-idx3-ubyte.gz", 20, 4, 5);
    (void)make_labels(folder, "t10k-labels-idx1-ubyte.gz", 20, 10);
    return folder;
}

#endif
