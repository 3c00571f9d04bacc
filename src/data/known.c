/* SPDX-License-Identifier: MIT */
/* known.c: the registry of known data sets; see known.h. */
#include "data/known.h"

#include <stdio.h>
#include <string.h>

static const dsc_known_data *const rows[] = {DSC_KNOWN_DATA(DSC_KNOWN_DATA_ENTRY) NULL};

const dsc_registry dsc_known_data_registry = {
    .thing = "data set",
    .things = "data sets",
    .about = "Data sets that are known by the content of their files, wherever these lie.",
    .rows = rows,
};

static bool is_drawn(const void *row) { return ((const dsc_known_data *)row)->draw != NULL; }

const dsc_registry dsc_drawn_data_registry = {
    .thing = "built-in data set",
    .things = "built-in data sets",
    .about = "Data sets that the program draws itself.",
    .rows = rows,
    .holds = is_drawn,
};

const char *const dsc_mnist_names[DSC_MNIST_FILES] = {
    [DSC_TRAIN_IMAGES] = "train-images-idx3-ubyte",
    [DSC_TRAIN_LABELS] = "train-labels-idx1-ubyte",
    [DSC_TEST_IMAGES] = "t10k-images-idx3-ubyte",
    [DSC_TEST_LABELS] = "t10k-labels-idx1-ubyte",
};

static bool is_file(const dsc_known_file *file, uint64_t size, uint32_t crc) {
    return file->name && file->content_size == size && file->content_crc == crc;
}

const dsc_known_data *dsc_known_file_find(int *which, uint64_t size, uint32_t crc) {
    for (const dsc_known_data *const *row = rows; *row; row++)
        for (int i = 0; i < DSC_MNIST_FILES; i++)
            if (is_file(&(*row)->files[i], size, crc)) {
                *which = i;
                return *row;
            }
    return NULL;
}

const dsc_known_data *dsc_known_pair(int *which, const dsc_content *images, const dsc_content *labels) {
    const dsc_known_data *known = dsc_known_file_find(which, images->size, images->crc);
    if (!known || (*which != DSC_TRAIN_IMAGES && *which != DSC_TEST_IMAGES)) return NULL;
    return is_file(&known->files[*which + 1], labels->size, labels->crc) ? known : NULL;
}

void dsc_known_name(char name[DSC_KNOWN_NAME], const dsc_known_data *known, int which) {
    (void)snprintf(name, DSC_KNOWN_NAME, "%s, %s set", known->title,
                   which == DSC_TRAIN_IMAGES ? "training" : "test");
}

size_t dsc_known_titled(const char *name) {
    for (const dsc_known_data *const *row = rows; *row; row++) {
        const size_t length = strlen((*row)->title);
        if (!strncmp(name, (*row)->title, length) && !strncmp(name + length, " (", 2)) return length;
    }
    return 0;
}
