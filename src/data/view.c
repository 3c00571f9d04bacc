/* SPDX-License-Identifier: MIT */
/* view.c: makes views: subsets, other orders, other class numberings. */
#include "data/dataset.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool take_names(dsc_dataset *view, size_t classes, const char *const *names) {
    view->class_names = view->own_names = dsc_class_names_copy(names, classes);
    return view->own_names != NULL;
}

dsc_status dsc_dataset_view(dsc_dataset **result, const dsc_dataset *parent, const uint32_t *index,
                            size_t count, const char *name, dsc_error *error) {
    *result = NULL;
    if (!count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: a view needs at least one sample; name one",
                        parent->name);
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

/* Makes a view of all samples of `parent`, with its labels (`map` NULL) or with those of `map`. */
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
