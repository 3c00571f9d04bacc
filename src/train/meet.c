/* SPDX-License-Identifier: MIT */
/* meet.c: the processes that share batches check that they train the same, and take over the state of process
 * 0. Each process computes the update by itself and must get the same bits, so all need the same recipe,
 * data, kernels and version. */
#include "train/trainer.h"

#include "base/error.h"
#include "base/memory.h"
#include "kernel/kernel.h"
#include "ranks/ranks.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What must be equal, each as a checksum. */
enum { VERSION, KERNELS, DATA, RECIPE, THINGS };

static const struct {
    const char *differs, *remedy;
} things[THINGS] = {
    [VERSION] = {"is another version of the program", "start the same version on all machines"},
    [KERNELS] = {"has other kernels", "the processors differ; choose kernels that all of them have, with "
                                      "--kernels or the recipe's `kernels`"},
    [DATA] = {"has other data", "give the same data to all machines"},
    [RECIPE] = {"has another recipe", "start all processes with the same options and files"},
};

static uint32_t checksum(const char *text) { return libdeflate_crc32(0, text, strlen(text)); }

static uint32_t checksum_data(dsc_trainer *t) {
    const dsc_data_prints *p = dsc_trainer_prints(t);
    const dsc_fingerprint *const all[] = {&p->training, p->has_validation ? &p->validation : NULL,
                                          p->has_others ? &p->others : NULL};
    uint32_t crc = 0;
    for (size_t i = 0; i < 3; i++) {
        if (!all[i]) continue;
        const uint64_t numbers[] = {i,
                                    all[i]->count,
                                    all[i]->shape[0],
                                    all[i]->shape[1],
                                    all[i]->shape[2],
                                    all[i]->classes,
                                    all[i]->images,
                                    all[i]->labels,
                                    all[i]->names};
        crc = libdeflate_crc32(crc, numbers, sizeof numbers);
    }
    return crc;
}

static dsc_status checksum_recipe(uint32_t *crc, const dsc_trainer *t, dsc_error *error) {
    dsc_text text = {0};
    dsc_status status = dsc_recipe_to_json(&text, &t->recipe, error);
    if (!status) *crc = checksum(text.data) ^ checksum(t->model->text);
    dsc_text_free(&text);
    return status;
}

/* sums: (ranks, THINGS). Each process fills its own row and leaves the others 0, so the sum over the
 * processes has all rows. */
static dsc_status compare(const dsc_ranks *ranks, double *sums, const uint32_t own[THINGS],
                          dsc_error *error) {
    const size_t all = (size_t)ranks->count * THINGS;
    for (size_t i = 0; i < THINGS; i++) sums[ranks->rank * THINGS + i] = (double)own[i];
    dsc_status status = dsc_ranks_sum_doubles(ranks, sums, all, sums + all, error);
    for (size_t i = 0; i < all && !status; i++)
        if (sums[i] != sums[i % THINGS])
            status =
                dsc_fail(error, DSC_ERROR_MISMATCH, "process %zu of %u %s than process 0: %s", i / THINGS,
                         ranks->count, things[i % THINGS].differs, things[i % THINGS].remedy);
    return status;
}

static dsc_status begin_alike(dsc_trainer *t, const dsc_ranks *ranks, dsc_error *error) {
    dsc_trainer_slabs s = dsc_trainer_slabs_of(t);
    dsc_status status = dsc_ranks_copy(ranks, &t->progress, sizeof t->progress, error);
    for (size_t i = 0; i < s.count && !status; i++)
        status = dsc_ranks_copy(ranks, s.slab[i], s.numbers[i] * sizeof(dsc_real), error);
    t->order_epoch = 0; /* computed anew for that epoch */
    return status;
}

dsc_status dsc_trainer_meet(dsc_trainer *t, dsc_error *error) {
    const dsc_ranks *ranks = t->recipe.ranks;
    if (dsc_ranks_count(ranks) == 1) return DSC_OK;
    double *sums = dsc_allocate((size_t)2 * ranks->count * THINGS, sizeof *sums);
    if (!sums) return dsc_fail_memory(error, ranks->count, "the checksums of processes");
    char kernels[128];
    (void)snprintf(kernels, sizeof kernels, "%s %d", t->parts.choice.kernels->name, t->parts.bf16);
    uint32_t own[THINGS] = {
        [VERSION] = checksum(dsc_version()), [KERNELS] = checksum(kernels), [DATA] = checksum_data(t)};
    dsc_status status = checksum_recipe(&own[RECIPE], t, error);
    if (!status) status = compare(ranks, sums, own, error);
    free(sums);
    return status ? status : begin_alike(t, ranks, error);
}
