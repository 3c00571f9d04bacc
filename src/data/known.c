/* SPDX-License-Identifier: MIT */
/* known.c: the registry of known data sets; see known.h. */
#include "data/find.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void append_facts(dsc_text *text, const void *row) {
    const dsc_known_data *k = row;
    if (k->draw) return;
    dsc_text_append(text, "%zu classes; %s", k->classes, k->licence ? k->licence : "no licence is stated");
}

static const dsc_known_data *const rows[] = {DSC_KNOWN_DATA(DSC_KNOWN_DATA_ENTRY) NULL};

const dsc_registry dsc_known_data_registry = {
    .thing = "data set",
    .things = "datasets",
    .about = "Data sets that --data accepts by name. `descender data fetch NAME` downloads one, `descender "
             "data list` shows which are on this machine.",
    .rows = rows,
    .facts = append_facts,
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
    return file->name && file->content_size && file->content_size == size && file->content_crc == crc;
}

size_t dsc_known_files(const dsc_known_data *known) {
    size_t count = 0;
    while (count < DSC_MNIST_FILES && known->files[count].name) count++;
    return count;
}

bool dsc_known_by_content(const dsc_known_data *known) {
    for (int i = 0; i < DSC_MNIST_FILES; i++)
        if (!known->files[i].content_sha256) return false;
    return true;
}

bool dsc_known_is_idx(const dsc_known_data *known) {
    int which;
    size_t prefix;
    const char *const first = known->members ? known->members[0] : known->files[0].name;
    return first && dsc_mnist_name(&which, &prefix, first);
}

const dsc_known_data *dsc_known_started(const char *start, size_t length) {
    for (const dsc_known_data *const *row = rows; *row; row++)
        if ((*row)->start && strlen((*row)->start) == length && !strncasecmp((*row)->start, start, length))
            return *row;
    return NULL;
}

bool dsc_known_is_sideways(const char *name) {
    for (const dsc_known_data *const *row = rows; *row; row++) {
        const size_t length = (*row)->sideways && (*row)->folder ? strlen((*row)->folder) : 0;
        if (length && !strncasecmp((*row)->folder, name, length) && name[length] == '-') return true;
    }
    return false;
}

const dsc_known_data *dsc_known_standard(const dsc_registry *registry) {
    const dsc_row *row;
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++)
        if (((const dsc_known_data *)(const void *)row)->files->name) return (const void *)row;
    return NULL;
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

const dsc_known_data *dsc_known_called(const char *name) {
    for (const dsc_known_data *const *row = rows; *row; row++) {
        const size_t length = strlen((*row)->title);
        if (!strncmp(name, (*row)->title, length) && strchr((*row)->draw ? ", " : " ", name[length]))
            return *row;
    }
    return NULL;
}

/* --- opened by name --- */

static dsc_status check_set(const dsc_dataset *data, const dsc_known_data *known, int set, const char *place,
                            dsc_error *error) {
    char found[DSC_SHAPE_TEXT_SIZE], expected[DSC_SHAPE_TEXT_SIZE];
    const char *const what = set ? "test" : "training";
    if (memcmp(data->shape, known->shape, sizeof known->shape) != 0)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "%s: %s images are %s (channels x height x width), expected %s as in %s; these are other data",
            place, what, dsc_shape_text(found, 3, data->shape), dsc_shape_text(expected, 3, known->shape),
            known->title);
    if (data->count != known->counts[set])
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: holds %zu %s images, expected %zu as in %s; these are other data", place,
                        data->count, what, known->counts[set], known->title);
    if (data->classes != known->classes)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: holds %zu classes, expected %zu as in %s; these are other data", place,
                        data->classes, known->classes, known->title);
    return DSC_OK;
}

static dsc_status name_set(dsc_dataset *data, const dsc_known_data *known, int set, dsc_error *error) {
    char text[DSC_KNOWN_NAME];
    dsc_known_name(text, known, set ? DSC_TEST_IMAGES : DSC_TRAIN_IMAGES);
    char *name = strdup(text), **names = dsc_class_names_copy(known->class_names, known->classes);
    if (!name || !names) {
        free(name);
        free(names);
        return dsc_fail_memory(error, sizeof text, "names");
    }
    free(data->name);
    free(data->own_names);
    data->name = name;
    data->class_names = data->own_names = names;
    dsc_dataset_recognise(data, known);
    return DSC_OK;
}

dsc_status dsc_known_adopt(dsc_dataset *train, dsc_dataset *test, const dsc_known_data *known,
                           const char *place, dsc_error *error) {
    if (!test)
        return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: holds no test set, expected that of %s", place,
                        known->title);
    dsc_status status = check_set(train, known, 0, place, error);
    if (!status) status = check_set(test, known, 1, place, error);
    if (!status) status = name_set(train, known, 0, error);
    return status ? status : name_set(test, known, 1, error);
}
