/* SPDX-License-Identifier: MIT */
/* dataset.c: images with labels, immutable after creation; views share the storage. */
#include "data/dataset.h"
#include "data/known.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t dsc_dataset_count(const dsc_dataset *data) { return data->count; }
size_t dsc_dataset_classes(const dsc_dataset *data) { return data->classes; }
const char *dsc_dataset_name(const dsc_dataset *data) { return data->name; }
dsc_type dsc_dataset_type(const dsc_dataset *data) { return data->type; }
const uint8_t *dsc_dataset_labels(const dsc_dataset *data) { return data->labels; }

void dsc_dataset_shape(const dsc_dataset *data, size_t shape[3]) {
    memcpy(shape, data->shape, sizeof data->shape);
}

const char *dsc_dataset_class_name(const dsc_dataset *data, size_t label) {
    return label < data->classes ? data->class_names[label] : "?";
}

static void storage_release(dsc_storage *storage) {
    if (!storage || atomic_fetch_sub(&storage->references, 1) != 1) return;
    if (!storage->borrowed) dsc_content_clear(&storage->images);
    dsc_content_clear(&storage->labels);
    free(storage->class_names);
    (void)pthread_mutex_destroy(&storage->reading);
    if (storage->release) storage->release(storage->user);
    free(storage->groups);
    free(storage->series);
    free(storage);
}

void dsc_dataset_free(dsc_dataset *data) {
    if (!data) return;
    storage_release(data->storage);
    free(data->name);
    free((void *)(uintptr_t)data->index); /* const for readers, but owned here */
    free(data->own_labels);
    free(data->own_names);
    free(data);
}

typedef struct numbered {
    const char *name;
    size_t number;
} numbered;

static int by_name(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

dsc_status dsc_class_names_check(const char *const *names, size_t count, dsc_error *error) {
    for (size_t i = 0; i < count; i++) {
        char what[40];
        (void)snprintf(what, sizeof what, "the name of class %zu", i);
        if (!names[i]) return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s is NULL", what);
        dsc_status status = dsc_name_check(names[i], what, error);
        if (status) return status;
    }
    numbered *sorted = dsc_allocate(count, sizeof *sorted);
    if (!sorted) return dsc_fail_memory(error, count * sizeof *sorted, "the names of classes");
    for (size_t i = 0; i < count; i++) sorted[i] = (numbered){names[i], i};
    qsort(sorted, count, sizeof *sorted, by_name);
    dsc_status status = DSC_OK;
    for (size_t i = 1; i < count && !status; i++)
        if (!strcmp(sorted[i - 1].name, sorted[i].name))
            status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                              "classes %zu and %zu are both called \"%s\"; give each class its own name",
                              sorted[i - 1].number, sorted[i].number, sorted[i].name);
    free(sorted);
    return status;
}

char **dsc_class_names_copy(const char *const *names, size_t count) {
    size_t bytes = count * sizeof(char *);
    for (size_t i = 0; i < count; i++) bytes += names ? strlen(names[i]) + 1 : 24;
    char **block = malloc(bytes);
    if (!block) return NULL;
    char *text = (char *)(block + count), *end = (char *)block + bytes;
    for (size_t i = 0; i < count; i++) {
        block[i] = text;
        int length = names ? snprintf(text, (size_t)(end - text), "%s", names[i])
                           : snprintf(text, (size_t)(end - text), "%zu", i);
        text += length + 1;
    }
    return block;
}

static dsc_status check_images(const dsc_content *content, const char *name, dsc_error *error) {
    const dsc_array *images = &content->array;
    char text[DSC_SHAPE_TEXT_SIZE];
    if (images->rank == 1 && images->type == DSC_U8)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected images (3 or 4 dimensions), found labels (1 dimension of %zu); are the two "
            "files swapped?",
            name, images->shape[0]);
    if (images->type != DSC_U8 || images->rank < 3)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected images, bytes of 3 or 4 dimensions, found %s of %s; name a file of images", name,
            dsc_type_name(images->type), dsc_shape_text(text, images->rank, images->shape));
    for (size_t i = 0; i < images->rank; i++)
        if (!images->shape[i])
            return dsc_fail(error, DSC_ERROR_FORMAT, "%s: holds no image: its dimensions are %s", name,
                            dsc_shape_text(text, images->rank, images->shape));
    if (images->shape[0] > UINT32_MAX)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: holds %zu images, more than 4294967295", name,
                        images->shape[0]);
    return DSC_OK;
}

static dsc_status check_labels(const dsc_content *content, const char *name, dsc_error *error) {
    const dsc_array *labels = &content->array;
    char text[DSC_SHAPE_TEXT_SIZE];
    if (labels->rank >= 3)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected labels (1 dimension), found images (%s); are the two files swapped?",
                        name, dsc_shape_text(text, labels->rank, labels->shape));
    if (labels->type != DSC_U8 || labels->rank != 1)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected labels, bytes of 1 dimension, found %s of %s; name a file of labels",
                        name, dsc_type_name(labels->type), dsc_shape_text(text, labels->rank, labels->shape));
    return DSC_OK;
}

static dsc_status check_pair(const dsc_content *images, const dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *images_name, const char *labels_name,
                             dsc_error *error) {
    dsc_status status = check_images(images, images_name, error);
    if (!status) status = check_labels(labels, labels_name, error);
    if (status) return status;
    size_t count = labels->array.shape[0];
    if (images->array.shape[0] != count)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s holds %zu images, but %s holds %zu labels: expected the same number; use two "
                        "files that belong together",
                        images_name, images->array.shape[0], labels_name, count);
    if (classes < 1 || classes > 256)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected 1 to 256 classes, found %zu", labels_name,
                        classes);
    if (class_names) status = dsc_class_names_check(class_names, classes, error);
    if (status) return dsc_error_context(error, status, "%s", labels_name);
    const uint8_t *label = labels->array.data;
    for (size_t i = 0; i < count; i++)
        if (label[i] >= classes)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: label %zu is %u, expected a label below %zu, the number of classes; correct "
                            "the label or the list of classes",
                            labels_name, i, label[i], classes);
    return DSC_OK;
}

static void clear_parts(dsc_storage *parts) {
    if (!parts->borrowed) dsc_content_clear(&parts->images);
    dsc_content_clear(&parts->labels);
}

dsc_status dsc_dataset_build(dsc_dataset **result, dsc_storage *parts, dsc_type type, const size_t shape[3],
                             size_t classes, const char *const *class_names, const char *name,
                             dsc_error *error) {
    *result = NULL;
    dsc_dataset *data = dsc_allocate(1, sizeof *data);
    dsc_storage *storage = data ? dsc_allocate(1, sizeof *storage) : NULL;
    char **names = storage ? dsc_class_names_copy(class_names, classes) : NULL;
    char *own_name = names ? strdup(name) : NULL;
    if (!own_name) {
        free(names);
        free(storage);
        free(data);
        clear_parts(parts);
        return dsc_fail_memory(error, sizeof *data + sizeof *storage, "a dataset");
    }
    *storage = *parts;
    atomic_init(&storage->references, 1);
    (void)pthread_mutex_init(&storage->reading, NULL);
    storage->class_names = names;
    storage->groups = storage->labels.groups;
    storage->series = storage->labels.series;
    storage->labels.groups = NULL;
    storage->labels.series = NULL;
    *data = (dsc_dataset){.storage = storage,
                          .name = own_name,
                          .count = storage->labels.array.shape[0],
                          .shape = {shape[0], shape[1], shape[2]},
                          .classes = classes,
                          .class_names = names,
                          .image_size = shape[0] * shape[1] * shape[2],
                          .type = type,
                          .images = storage->images.array.data,
                          .labels = storage->labels.array.data};
    data->image_bytes = data->image_size * dsc_type_size(type);
    *result = data;
    return DSC_OK;
}

dsc_status dsc_dataset_adopt(dsc_dataset **result, dsc_content *images, dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *name, const char *images_name,
                             const char *labels_name, dsc_error *error) {
    const dsc_array *array = &images->array;
    dsc_storage parts = {.images = *images, .labels = *labels};
    *result = NULL;
    dsc_status status = check_pair(images, labels, classes, class_names, images_name, labels_name, error);
    if (status) {
        clear_parts(&parts);
    } else {
        const size_t shape[3] = {array->rank == 4 ? array->shape[1] : 1, array->shape[array->rank - 2],
                                 array->shape[array->rank - 1]};
        status = dsc_dataset_build(result, &parts, DSC_U8, shape, classes, class_names,
                                   name ? name : "unnamed data", error);
    }
    memset(images, 0, sizeof *images);
    memset(labels, 0, sizeof *labels);
    return status;
}

void dsc_dataset_note(dsc_dataset *data, const dsc_images_note *note) { data->storage->note = *note; }

void dsc_dataset_recognise(dsc_dataset *data, const dsc_known_data *known) {
    data->storage->known = known;
    data->storage->note = known->note;
}

void dsc_dataset_take_groups(dsc_dataset *data, uint64_t *groups) {
    free(data->storage->groups);
    data->storage->groups = groups;
}

const dsc_known_data *dsc_dataset_known(const dsc_dataset *data) { return data->storage->known; }
