/* SPDX-License-Identifier: MIT */
/* dataset.c: images with labels, immutable once made; storage shared by views. */
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
const uint8_t *dsc_dataset_images(const dsc_dataset *data) { return data->index ? NULL : data->images; }
const uint8_t *dsc_dataset_labels(const dsc_dataset *data) { return data->labels; }

void dsc_dataset_shape(const dsc_dataset *data, size_t shape[3]) {
    memcpy(shape, data->shape, sizeof data->shape);
}

const char *dsc_dataset_class_name(const dsc_dataset *data, size_t label) {
    return label < data->classes ? data->class_names[label] : "?";
}

static void storage_release(dsc_storage *storage) {
    if (!storage || atomic_fetch_sub(&storage->references, 1) != 1) return;
    dsc_content_clear(&storage->images);
    dsc_content_clear(&storage->labels);
    free(storage->class_names);
    free(storage);
}

void dsc_dataset_free(dsc_dataset *data) {
    if (!data) return;
    storage_release(data->storage);
    free(data->name);
    free((void *)(uintptr_t)data->index); /* const for its readers; ours to free */
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
                              "classes %zu and %zu are both called \"%s\"; give each a name of its own",
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
                        "%s holds %zu images, but %s holds %zu labels: expected as many; use two files that "
                        "belong together",
                        images_name, images->array.shape[0], labels_name, count);
    if (classes < 1 || classes > 256)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected 1 to 256 classes, found %zu", labels_name,
                        classes);
    if (class_names) status = dsc_class_names_check(class_names, classes, error);
    if (status) return dsc_error_context(error, status, "%s", labels_name);
    const uint8_t *label = labels->array.data;
    for (size_t i = 0; i < count; i++)
        if (label[i] >= classes)
            return dsc_fail(
                error, DSC_ERROR_MISMATCH,
                "%s: label %zu is %u, expected one below %zu, the number of classes; correct the label "
                "or the list of classes",
                labels_name, i, label[i], classes);
    return DSC_OK;
}

dsc_status dsc_dataset_adopt(dsc_dataset **result, dsc_content *images, dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *name, const char *images_name,
                             const char *labels_name, dsc_error *error) {
    *result = NULL;
    dsc_status status = check_pair(images, labels, classes, class_names, images_name, labels_name, error);
    dsc_dataset *data = status ? NULL : dsc_allocate(1, sizeof *data);
    dsc_storage *storage = data ? dsc_allocate(1, sizeof *storage) : NULL;
    char **names = storage ? dsc_class_names_copy(class_names, classes) : NULL;
    char *own_name = names ? strdup(name ? name : "unnamed data") : NULL;
    if (!own_name) {
        if (!status) status = dsc_fail_memory(error, sizeof *data + sizeof *storage, "a dataset");
        free(names);
        free(storage);
        free(data);
        dsc_content_clear(images);
        dsc_content_clear(labels);
        return status;
    }
    atomic_init(&storage->references, 1);
    storage->images = *images;
    storage->labels = *labels;
    storage->class_names = data->class_names = names;
    data->classes = classes;
    memset(images, 0, sizeof *images);
    memset(labels, 0, sizeof *labels);
    const dsc_array *array = &storage->images.array;
    data->storage = storage;
    data->name = own_name;
    data->count = array->shape[0];
    data->shape[0] = array->rank == 4 ? array->shape[1] : 1;
    data->shape[1] = array->shape[array->rank - 2];
    data->shape[2] = array->shape[array->rank - 1];
    data->image_size = data->shape[0] * data->shape[1] * data->shape[2];
    data->images = array->data;
    data->labels = storage->labels.array.data;
    *result = data;
    return DSC_OK;
}

dsc_status dsc_dataset_from_memory(dsc_dataset **data, const uint8_t *images, const uint8_t *labels,
                                   size_t count, const size_t shape[3], size_t classes,
                                   const char *const *class_names, const char *name, dsc_error *error) {
    *data = NULL;
    const char *title = name ? name : "data from memory";
    if (!images || !labels || !shape)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected images, labels and a shape, found NULL",
                        title);
    const size_t full[4] = {count, shape[0], shape[1], shape[2]};
    dsc_content x = {0}, y = {0};
    dsc_status status = dsc_array_create(&x.array, DSC_U8, 4, full, error);
    if (!status) status = dsc_array_create(&y.array, DSC_U8, 1, &count, error);
    if (status) {
        dsc_content_clear(&x);
        return status;
    }
    if (dsc_array_count(&x.array)) memcpy(x.array.data, images, dsc_array_count(&x.array));
    if (count) memcpy(y.array.data, labels, count);
    return dsc_dataset_adopt(data, &x, &y, classes, class_names, title, title, title, error);
}

static bool take_names(dsc_dataset *view, size_t classes, const char *const *names) {
    view->class_names = view->own_names = dsc_class_names_copy(names, classes);
    return view->own_names != NULL;
}

dsc_status dsc_dataset_view(dsc_dataset **result, const dsc_dataset *parent, const uint32_t *index,
                            size_t count, const char *name, dsc_error *error) {
    *result = NULL;
    for (size_t i = 0; i < count; i++)
        if (index[i] >= parent->count)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "sample %u of %s: expected a number below %zu",
                            index[i], parent->name, parent->count);
    dsc_dataset *view = dsc_allocate(1, sizeof *view);
    uint32_t *own_index = dsc_allocate(count, sizeof *own_index);
    uint8_t *labels = dsc_allocate(count, 1);
    char *own_name = strdup(name ? name : parent->name);
    if (!view || !own_index || !labels || !own_name) {
        free(view);
        free(own_index);
        free(labels);
        free(own_name);
        return dsc_fail_memory(error, count * (sizeof *own_index + 1), "a subset of a dataset");
    }
    for (size_t i = 0; i < count; i++) {
        own_index[i] = parent->index ? parent->index[index[i]] : index[i];
        labels[i] = parent->labels[index[i]];
    }
    *view = *parent;
    view->name = own_name;
    view->count = count;
    view->own_validation = 0;
    view->index = own_index;
    view->labels = view->own_labels = labels;
    view->own_names = NULL;
    if (parent->own_names && !take_names(view, parent->classes, (const char *const *)parent->own_names)) {
        free(view->name);
        free(own_index);
        free(labels);
        free(view);
        return dsc_fail_memory(error, parent->classes, "a subset of a dataset");
    }
    atomic_fetch_add(&view->storage->references, 1);
    *result = view;
    return DSC_OK;
}

/* All samples of `parent`, with its labels (`map` NULL) or with map's. */
static dsc_status copy(dsc_dataset **result, const dsc_dataset *parent, const uint16_t *map, size_t classes,
                       const char *const *names, dsc_error *error) {
    const size_t count = parent->count;
    const bool labelled = map || parent->own_labels;
    *result = NULL;
    dsc_dataset *view = dsc_allocate(1, sizeof *view);
    char *own_name = strdup(parent->name);
    uint8_t *labels = labelled ? dsc_allocate(count, 1) : NULL;
    uint32_t *index = parent->index ? dsc_allocate(count, sizeof *index) : NULL;
    bool good = view && own_name && (labels || !labelled) && (index || !parent->index);
    if (good) {
        *view = *parent;
        view->own_names = NULL;
        good = !names || take_names(view, classes, names);
    }
    if (!good) {
        free(view);
        free(own_name);
        free(labels);
        free(index);
        return dsc_fail_memory(error, count, "the labels of a dataset");
    }
    for (size_t i = 0; i < count && labels; i++)
        labels[i] = map ? (uint8_t)map[parent->labels[i]] : parent->labels[i];
    if (index) memcpy(index, parent->index, count * sizeof *index);
    view->name = own_name;
    view->classes = classes;
    view->index = index;
    view->own_labels = labels;
    if (labels) view->labels = labels;
    atomic_fetch_add(&view->storage->references, 1);
    *result = view;
    return DSC_OK;
}

dsc_status dsc_dataset_share(dsc_dataset **view, const dsc_dataset *parent, dsc_error *error) {
    return copy(view, parent, NULL, parent->classes, (const char *const *)parent->own_names, error);
}

dsc_status dsc_dataset_renumber(dsc_dataset **view, const dsc_dataset *parent, const uint16_t map[256],
                                size_t classes, const char *const *names, dsc_error *error) {
    return copy(view, parent, map, classes, names, error);
}

void dsc_dataset_note(dsc_dataset *data, const dsc_images_note *note) { data->storage->note = *note; }

void dsc_dataset_recognise(dsc_dataset *data, const dsc_known_data *known) {
    data->storage->known = known;
    data->storage->note = known->note;
}

const dsc_known_data *dsc_dataset_known(const dsc_dataset *data) { return data->storage->known; }
