/* SPDX-License-Identifier: MIT */
/* split.c: stratified splits, and splits by whole groups. */
#include "data/split.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"
#include "data/groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- which samples --- */

/* Marks the held-out samples of one class. */
static void draw_class(bool *held, const dsc_dataset *data, size_t label, double share, uint64_t seed,
                       int64_t *members) {
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        if (dsc_dataset_label(data, i) == label) members[n++] = (int64_t)i;
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_SPLIT}, (const uint64_t[4]){0, 0, 0, label});
    dsc_rng_shuffle(&rng, members, n);
    size_t take = (size_t)(share * (double)n + 0.5);
    if (take == n && n > 1) take--;
    for (size_t i = 0; i < take; i++) held[members[i]] = true;
}

/* Marks the share of each class. */
static dsc_status draw_classes(bool *held, const dsc_dataset *data, double share, uint64_t seed,
                               dsc_error *error) {
    int64_t *members = dsc_allocate(data->count, sizeof *members);
    if (!members) return dsc_fail_memory(error, data->count * sizeof *members, "a split");
    for (size_t label = 0; label < dsc_dataset_classes(data); label++)
        draw_class(held, data, label, share, seed, members);
    free(members);
    return DSC_OK;
}

static void hold(bool *held, const dsc_group_member *first, size_t count) {
    for (size_t i = 0; i < count; i++) held[first[i].sample] = true;
}

/* Holds the group out if that reduces the distance to the wanted counts, summed over its classes. */
static bool draw_group(bool *held, double wanted[256], const dsc_dataset *data, const dsc_group_member *first,
                       size_t count) {
    double in[256] = {0}, nearer = 0;
    for (size_t i = 0; i < count; i++) in[dsc_dataset_label(data, first[i].sample)]++;
    for (size_t k = 0; k < 256; k++) nearer += fabs(wanted[k]) - fabs(wanted[k] - in[k]);
    if (!(nearer > 0)) return false;
    for (size_t k = 0; k < 256; k++) wanted[k] -= in[k];
    hold(held, first, count);
    return true;
}

/* Marks whole groups: draws them in random order and holds each out as long as that brings the share of each
 * class closer to `share`. Of few large groups none may do so: then one is held out. */
static dsc_status draw_groups(bool *held, const dsc_dataset *data, double share, uint64_t seed,
                              dsc_error *error) {
    const size_t n = data->count;
    double wanted[256] = {0};
    dsc_group_member *all = dsc_allocate(n, sizeof *all);
    size_t *start = dsc_allocate(n + 1, sizeof *start), count = 0;
    int64_t *order = dsc_allocate(n, sizeof *order);
    dsc_status status = all && start && order ? DSC_OK : dsc_fail_memory(error, n * sizeof *all, "groups");
    if (!status) {
        for (size_t i = 0; i < n; i++) wanted[dsc_dataset_label(data, i)] += share;
        count = dsc_groups_sort(all, start, data);
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_SPLIT}, (const uint64_t[4]){0});
        dsc_rng_permutation(&rng, order, count);
        bool any = false;
        for (size_t g = 0; g < count; g++) {
            const size_t first = start[order[g]];
            any |= draw_group(held, wanted, data, all + first, start[order[g] + 1] - first);
        }
        if (!any && count > 1) hold(held, all + start[order[0]], start[order[0] + 1] - start[order[0]]);
    }
    free(all);
    free(start);
    free(order);
    return status;
}

/* --- the parts --- */

static dsc_status make_part(dsc_dataset **part, const dsc_dataset *data, const bool *held, bool which,
                            uint32_t *index, const char *what, dsc_error *error) {
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        if (held[i] == which) index[n++] = (uint32_t)i;
    if (!n)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: no images would be left %s; choose another share to hold out", data->name, what);
    char name[256];
    (void)snprintf(name, sizeof name, "%s%s", data->name, which ? ", held out" : "");
    return dsc_dataset_view(part, data, index, n, name, error);
}

dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                             double share, uint64_t seed, dsc_error *error) {
    *rest = *held_out = NULL;
    if (!(share > 0 && share < 1))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: the share to hold out: expected a number between 0 and 1", data->name);
    bool *held = dsc_allocate(data->count, sizeof *held);
    uint32_t *index = dsc_allocate(data->count, sizeof *index);
    dsc_status status =
        held && index ? DSC_OK : dsc_fail_memory(error, data->count * sizeof *index, "a split");
    if (!status)
        status = dsc_dataset_has_groups(data) ? draw_groups(held, data, share, seed, error)
                                              : draw_classes(held, data, share, seed, error);
    if (!status) status = make_part(rest, data, held, false, index, "to train on", error);
    if (!status) status = make_part(held_out, data, held, true, index, "to hold out", error);
    if (status) {
        dsc_dataset_free(*rest);
        *rest = NULL;
    }
    free(held);
    free(index);
    return status;
}

dsc_status dsc_dataset_first(dsc_dataset **view, const dsc_dataset *data, size_t count, dsc_error *error) {
    *view = NULL;
    if (count > data->count) count = data->count;
    uint32_t *index = dsc_allocate(count, sizeof *index);
    if (!index) return dsc_fail_memory(error, count * sizeof *index, "a part of the data");
    for (size_t i = 0; i < count; i++) index[i] = (uint32_t)i;
    dsc_status status = dsc_dataset_view(view, data, index, count, NULL, error);
    free(index);
    return status;
}

/* Makes a view of samples first ... first + count of `data`. */
static dsc_status make_range(dsc_dataset **part, const dsc_dataset *data, size_t first, size_t count,
                             bool held, dsc_error *error) {
    char name[256];
    uint32_t *index = dsc_allocate(count, sizeof *index);
    if (!index) return dsc_fail_memory(error, count * sizeof *index, "a part of the data");
    for (size_t i = 0; i < count; i++) index[i] = (uint32_t)(first + i);
    (void)snprintf(name, sizeof name, "%s%s", data->name, held ? ", held out" : "");
    dsc_status status = dsc_dataset_view(part, data, index, count, name, error);
    free(index);
    return status;
}

dsc_status dsc_dataset_split_own(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                 size_t count, dsc_error *error) {
    const size_t others = data->count - data->own_validation;
    *rest = *held_out = NULL;
    dsc_status status = make_range(rest, data, 0, count && count < others ? count : others, false, error);
    if (!status) status = make_range(held_out, data, others, data->own_validation, true, error);
    if (status) {
        dsc_dataset_free(*rest);
        *rest = NULL;
    }
    return status;
}

dsc_status dsc_dataset_shuffle(dsc_dataset **view, const dsc_dataset *data, uint64_t seed, dsc_error *error) {
    const size_t mixed = data->count - data->own_validation;
    uint32_t *index = dsc_allocate(data->count, sizeof *index);
    int64_t *order = dsc_allocate(mixed, sizeof *order);
    *view = NULL;
    dsc_status status = index && order
                            ? DSC_OK
                            : dsc_fail_memory(error, data->count * sizeof *order, "the order of the images");
    if (!status) {
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_SPLIT},
                       (const uint64_t[4]){0, 0, 0, UINT64_MAX});
        dsc_rng_permutation(&rng, order, mixed);
        for (size_t i = 0; i < data->count; i++) index[i] = i < mixed ? (uint32_t)order[i] : (uint32_t)i;
        status = dsc_dataset_view(view, data, index, data->count, NULL, error);
    }
    if (!status) (*view)->own_validation = data->own_validation;
    free(index);
    free(order);
    return status;
}
