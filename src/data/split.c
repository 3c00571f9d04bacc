/* SPDX-License-Identifier: MIT */
/* split.c: stratified splits. */
#include "data/split.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"

#include <stdio.h>
#include <stdlib.h>

/* Marks the samples of one class that are held out. */
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

static dsc_status make_part(dsc_dataset **part, const dsc_dataset *data, const bool *held, bool which,
                            uint32_t *index, const char *what, dsc_error *error) {
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        if (held[i] == which) index[n++] = (uint32_t)i;
    if (!n)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: nothing would be left %s; choose another share to hold out", data->name, what);
    char name[256];
    (void)snprintf(name, sizeof name, "%s%s", data->name, which ? ", held out" : "");
    return dsc_dataset_view(part, data, index, n, name, error);
}

dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                             double share, uint64_t seed, dsc_error *error) {
    *rest = *held_out = NULL;
    bool *held = dsc_allocate(data->count, sizeof *held);
    int64_t *members = dsc_allocate(data->count, sizeof *members);
    uint32_t *index = dsc_allocate(data->count, sizeof *index);
    dsc_status status = DSC_OK;
    if (!held || !members || !index) {
        status = dsc_fail_memory(error, data->count * sizeof *members, "a split");
    } else {
        for (size_t label = 0; label < dsc_dataset_classes(data); label++)
            draw_class(held, data, label, share, seed, members);
        status = make_part(rest, data, held, false, index, "to train on", error);
        if (!status) status = make_part(held_out, data, held, true, index, "to validate on", error);
        if (status) {
            dsc_dataset_free(*rest);
            *rest = NULL;
        }
    }
    free(held);
    free(members);
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
