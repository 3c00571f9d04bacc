/* SPDX-License-Identifier: MIT */
/* join.c: joins data sets: copies the images, or reads them on demand if a callback has them. */
#include "data/class_match.h"
#include "data/dataset.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/array.h"

#include <stdlib.h>
#include <string.h>

/* The callback's data: views of the parts. */
typedef struct joined {
    size_t count, begin[]; /* start of each part, and the end; then the parts */
} joined;

static dsc_dataset **parts_of(joined *j) { return (dsc_dataset **)(void *)(j->begin + j->count + 1); }

static void free_joined(void *user) {
    joined *j = user;
    for (size_t i = 0; i < j->count; i++) dsc_dataset_free(parts_of(j)[i]);
    free(j);
}

/* Reads consecutive samples of one part together, in pieces. */
static dsc_status read_joined(void *user, void *images, const uint32_t *samples, size_t count,
                              dsc_error *error) {
    enum { PIECE = 64 };
    joined *j = user;
    uint32_t own[PIECE];
    unsigned char *out = images;
    for (size_t i = 0, n; i < count; i += n) {
        size_t part = 0;
        while (samples[i] >= j->begin[part + 1]) part++;
        for (n = 0; n < PIECE && i + n < count; n++) {
            if (samples[i + n] < j->begin[part] || samples[i + n] >= j->begin[part + 1]) break;
            own[n] = (uint32_t)(samples[i + n] - j->begin[part]);
        }
        const dsc_dataset *data = parts_of(j)[part];
        dsc_status status = dsc_dataset_read(out + i * data->image_bytes, data, own, n, error);
        if (status) return status;
    }
    return DSC_OK;
}

/* Gives each part the classes of the first. */
static dsc_status match_parts(joined *j, const dsc_dataset *const *parts, dsc_error *error) {
    const dsc_class_list classes = dsc_dataset_class_list(parts[0]);
    dsc_status status = DSC_OK;
    size_t at = 0;
    for (size_t i = 0; i < j->count && !status; i++) {
        const dsc_dataset *part = parts[i];
        if (part->type != parts[0]->type || memcmp(part->shape, parts[0]->shape, sizeof part->shape) != 0)
            return dsc_fail(
                error, DSC_ERROR_MISMATCH,
                "%s has images of %zu x %zu x %zu %s, but %s of %zu x %zu x %zu %s: expected the same size",
                parts[0]->name, parts[0]->shape[0], parts[0]->shape[1], parts[0]->shape[2],
                dsc_type_name(parts[0]->type), part->name, part->shape[0], part->shape[1], part->shape[2],
                dsc_type_name(part->type));
        status = dsc_dataset_match_classes(&parts_of(j)[i], NULL, part, &classes, error);
        j->begin[i] = at;
        at += part->count;
    }
    j->begin[j->count] = at;
    if (!status && at > UINT32_MAX)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "the joined data would hold %zu images, more than 4294967295", at);
    return status;
}

static dsc_status copy_parts(dsc_storage *storage, joined *j, dsc_error *error) {
    const dsc_dataset *first = parts_of(j)[0];
    const size_t all = j->begin[j->count];
    const size_t full[4] = {all, first->shape[0], first->shape[1], first->shape[2]};
    bool in_memory = true;
    for (size_t i = 0; i < j->count; i++) in_memory = in_memory && parts_of(j)[i]->images;
    dsc_status status = dsc_array_create(&storage->labels.array, DSC_U8, 1, &all, error);
    if (!status && in_memory) status = dsc_array_create(&storage->images.array, first->type, 4, full, error);
    for (size_t i = 0; i < j->count && !status; i++) {
        const dsc_dataset *part = parts_of(j)[i];
        memcpy((uint8_t *)storage->labels.array.data + j->begin[i], part->labels, part->count);
        for (size_t k = 0; k < part->count && in_memory; k++)
            memcpy((unsigned char *)storage->images.array.data + (j->begin[i] + k) * part->image_bytes,
                   dsc_dataset_at(part, k), part->image_bytes);
    }
    if (in_memory) return status;
    storage->read = read_joined;
    storage->user = j;
    storage->release = free_joined;
    return status;
}

/* Joins the groups, if some part has them. */
static dsc_status join_groups(dsc_dataset *whole, joined *j, dsc_error *error) {
    bool any = false;
    for (size_t i = 0; i < j->count; i++) any = any || dsc_dataset_has_groups(parts_of(j)[i]);
    if (!any) return DSC_OK;
    uint64_t *groups = dsc_allocate(whole->count, sizeof *groups), *next = groups;
    if (!groups) return dsc_fail_memory(error, whole->count * sizeof *groups, "groups");
    for (size_t i = 0; i < j->count; i++) {
        const dsc_dataset *part = parts_of(j)[i];
        for (size_t k = 0; k < part->count; k++)
            *next++ =
                dsc_dataset_has_groups(part) ? dsc_dataset_group(part, k) : UINT64_MAX - j->begin[i] - k;
    }
    dsc_dataset_take_groups(whole, groups);
    return DSC_OK;
}

dsc_status dsc_dataset_join(dsc_dataset **result, const dsc_dataset *const *parts, size_t count,
                            const char *name, dsc_error *error) {
    *result = NULL;
    if (!count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "there are no data to join; name at least one data set");
    joined *j = dsc_allocate(1, sizeof *j + (count + 1) * sizeof(size_t) + count * sizeof(dsc_dataset *));
    if (!j) return dsc_fail_memory(error, count * sizeof(dsc_dataset *), "joined data");
    dsc_storage storage = {.borrowed = false};
    j->count = count;
    dsc_status status = match_parts(j, parts, error);
    if (!status) status = copy_parts(&storage, j, error);
    if (!status) {
        const dsc_dataset *first = parts_of(j)[0];
        status = dsc_dataset_build(result, &storage, first->type, first->shape, first->classes,
                                   (const char *const *)first->class_names, name ? name : first->name, error);
    } else {
        dsc_content_clear(&storage.images);
        dsc_content_clear(&storage.labels);
    }
    if (status) {
        free_joined(j);
        return status;
    }
    status = join_groups(*result, j, error);
    if (!storage.read) free_joined(j);
    dsc_dataset_note(*result, &parts[0]->storage->note);
    if (!status) return DSC_OK;
    dsc_dataset_free(*result);
    *result = NULL;
    return status;
}
