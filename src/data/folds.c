/* SPDX-License-Identifier: MIT */
/* folds.c: deals samples into folds, class by class or group by group. */
#include "data/folds.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"
#include "data/groups.h"

#include <stdlib.h>

/* Round 0 is for folds. */
static void begin(dsc_rng *rng, uint64_t seed, uint64_t round, uint64_t label) {
    dsc_rng_philox(rng, (const uint64_t[2]){seed, DSC_STREAM_FOLDS}, (const uint64_t[4]){0, 0, round, label});
}

/* Writes the samples of a class in random order to `members`, and returns their number. */
static size_t draw_class(int64_t *members, const dsc_dataset *data, size_t label, uint64_t seed,
                         uint64_t round) {
    size_t n = 0;
    dsc_rng rng;
    for (size_t i = 0; i < data->count; i++)
        if (dsc_dataset_label(data, i) == label) members[n++] = (int64_t)i;
    begin(&rng, seed, round, label);
    dsc_rng_shuffle(&rng, members, n);
    return n;
}

/* --- without groups --- */

/* Each class continues at the fold where the last class stopped, so that the folds have equal sizes. */
static dsc_status deal_samples(uint16_t *fold, const dsc_dataset *data, size_t folds, uint64_t seed,
                               dsc_error *error) {
    int64_t *members = dsc_allocate(data->count, sizeof *members);
    if (!members) return dsc_fail_memory(error, data->count * sizeof *members, "folds");
    size_t dealt = 0;
    for (size_t label = 0; label < dsc_dataset_classes(data); label++) {
        const size_t n = draw_class(members, data, label, seed, 0);
        for (size_t i = 0; i < n; i++) fold[members[i]] = (uint16_t)(dealt++ % folds);
    }
    free(members);
    return DSC_OK;
}

/* --- with groups --- */

typedef struct block { /* a group */
    size_t first, count, turn;
} block;

static int by_size(const void *a, const void *b) {
    const block *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return (x->turn > y->turn) - (x->turn < y->turn);
}

/* The fold in which the sum over the classes of the squared counts, divided by the class's size, grows
 * least. */
static size_t lacking(const double *counts, size_t folds, const double in[256], const double all[256]) {
    size_t best = 0;
    double least = 0;
    for (size_t f = 0; f < folds; f++) {
        double grows = 0;
        for (size_t k = 0; k < 256; k++)
            if (in[k] > 0) grows += in[k] * (2 * counts[f * 256 + k] + in[k]) / all[k];
        if (f && grows >= least) continue;
        least = grows;
        best = f;
    }
    return best;
}

static void place(uint16_t *fold, double *counts, size_t folds, const dsc_dataset *data,
                  const dsc_group_member *first, size_t count, const double all[256]) {
    double in[256] = {0};
    for (size_t i = 0; i < count; i++) in[dsc_dataset_label(data, first[i].sample)]++;
    const size_t f = lacking(counts, folds, in, all);
    for (size_t k = 0; k < 256; k++) counts[f * 256 + k] += in[k];
    for (size_t i = 0; i < count; i++) fold[first[i].sample] = (uint16_t)f;
}

/* Finds the groups, the largest first, and returns their number. `start` has room for one more than the
 * samples, `turns` for as many. */
static size_t find_blocks(block *blocks, dsc_group_member *all, size_t *start, int64_t *turns,
                          const dsc_dataset *data, uint64_t seed) {
    const size_t count = dsc_groups_sort(all, start, data);
    dsc_rng rng;
    begin(&rng, seed, 0, UINT64_MAX);
    dsc_rng_permutation(&rng, turns, count);
    for (size_t g = 0; g < count; g++)
        blocks[g] = (block){.first = start[g], .count = start[g + 1] - start[g], .turn = (size_t)turns[g]};
    qsort(blocks, count, sizeof *blocks, by_size);
    return count;
}

static dsc_status deal_groups(uint16_t *fold, const dsc_dataset *data, size_t folds, uint64_t seed,
                              dsc_error *error) {
    const size_t n = data->count;
    double in_all[256] = {0};
    dsc_group_member *all = dsc_allocate(n, sizeof *all);
    block *blocks = dsc_allocate(n, sizeof *blocks);
    size_t *start = dsc_allocate(n + 1, sizeof *start);
    int64_t *turns = dsc_allocate(n, sizeof *turns);
    double *counts = dsc_allocate(folds, 256 * sizeof *counts);
    dsc_status status =
        all && blocks && start && turns && counts ? DSC_OK : dsc_fail_memory(error, n * sizeof *all, "folds");
    if (!status) {
        for (size_t i = 0; i < n; i++) in_all[dsc_dataset_label(data, i)]++;
        const size_t count = find_blocks(blocks, all, start, turns, data, seed);
        if (count < folds)
            status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                              "%s: %zu folds need at least as many groups, but there are %zu; choose fewer "
                              "folds, or smaller groups with --group-by",
                              data->name, folds, count);
        for (size_t g = 0; g < count && !status; g++)
            place(fold, counts, folds, data, all + blocks[g].first, blocks[g].count, in_all);
    }
    free(all);
    free(blocks);
    free(start);
    free(turns);
    free(counts);
    return status;
}

dsc_status dsc_dataset_folds(uint16_t *fold, const dsc_dataset *data, size_t folds, uint64_t seed,
                             dsc_error *error) {
    if (folds < 2 || folds > DSC_FOLDS_MOST || folds > data->count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: expected 2 to %zu folds for its %zu samples, found %zu", data->name,
                        data->count < DSC_FOLDS_MOST ? data->count : (size_t)DSC_FOLDS_MOST, data->count,
                        folds);
    return dsc_dataset_has_groups(data) ? deal_groups(fold, data, folds, seed, error)
                                        : deal_samples(fold, data, folds, seed, error);
}

/* --- growing samples --- */

typedef struct placed {
    double place; /* position of the sample in its class, 0 to 1 */
    uint32_t sample, label;
} placed;

static int by_place(const void *a, const void *b) {
    const placed *x = a, *y = b;
    if (x->place < y->place || x->place > y->place) return x->place < y->place ? -1 : 1;
    if (x->label != y->label) return x->label < y->label ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

dsc_status dsc_dataset_balanced_order(uint32_t *order, const dsc_dataset *data, uint64_t seed, uint64_t round,
                                      dsc_error *error) {
    int64_t *members = dsc_allocate(data->count, sizeof *members);
    placed *all = dsc_allocate(data->count, sizeof *all);
    size_t count = 0;
    if (!members || !all) {
        free(members);
        free(all);
        return dsc_fail_memory(error, data->count * sizeof *all, "the order of samples");
    }
    for (size_t label = 0; label < dsc_dataset_classes(data); label++) {
        const size_t n = draw_class(members, data, label, seed, 1 + round);
        for (size_t i = 0; i < n; i++)
            all[count++] = (placed){((double)i + 0.5) / (double)n, (uint32_t)members[i], (uint32_t)label};
    }
    qsort(all, count, sizeof *all, by_place);
    for (size_t i = 0; i < count; i++) order[i] = all[i].sample;
    free(members);
    free(all);
    return DSC_OK;
}
