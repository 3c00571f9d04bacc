/* SPDX-License-Identifier: MIT */
/* augment.c: parses chains of augmentations and applies them to an image.
 *
 * The image alternates between two buffers of floats and is rounded once, at the end. An image that no link
 * changes is copied. */
#include "augment/augment.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/spec.h"
#include "base/stream.h"
#include "kernel/choose.h"

#include <stdlib.h>

#define DSC_MULTIVERSION "augment/augment_loops.h"
#include "kernel/multiversion.h"

static void (*const from_bytes[])(float *, const uint8_t *, size_t) = DSC_ISA_TABLE(from_bytes);
static void (*const to_bytes[])(uint8_t *, const float *, size_t) = DSC_ISA_TABLE(to_bytes);

typedef struct link {
    const dsc_augmentation *kind;
    void *values;
} link;

struct dsc_augment_chain {
    const dsc_kernels *kernels;
    size_t count;
    link links[DSC_AUGMENT_CHAIN_MOST];
};

/* --- parsing --- */

static dsc_status read_link(dsc_augment_chain *chain, const char **next, const char *text, dsc_error *error) {
    dsc_spec spec;
    const dsc_row *row;
    dsc_status status = dsc_spec_read(&spec, next, text, ",", error);
    if (status) return status;
    if (chain->count == DSC_AUGMENT_CHAIN_MOST)
        return dsc_spec_fail(error, text, spec.column, "more than %d augmentations", DSC_AUGMENT_CHAIN_MOST);
    link *new = &chain->links[chain->count];
    status = dsc_spec_choose(&row, &new->values, &spec, text, &dsc_augmentation_registry, error);
    if (status) return status;
    new->kind = (const void *)row;
    chain->count++;
    const char *wrong = new->kind->check ? new->kind->check(new->values) : NULL;
    return wrong ? dsc_spec_fail(error, text, spec.column, "augmentation %s: %s", new->kind->name, wrong)
                 : DSC_OK;
}

static bool is_none(const char *text) {
    static const char *const spaces = " \t\n\v\f\r";
    text += strspn(text, spaces);
    if (!strncmp(text, "none", 4)) text += 4;
    return !text[strspn(text, spaces)];
}

dsc_status dsc_augment_chain_create(dsc_augment_chain **result, const char *text, dsc_error *error) {
    *result = NULL;
    dsc_augment_chain *chain = dsc_allocate(1, sizeof *chain);
    if (!chain) return dsc_fail_memory(error, sizeof *chain, "a chain of augmentations");
    chain->kernels = dsc_kernels_auto();
    dsc_status status = DSC_OK;
    if (text && !is_none(text)) {
        const char *next = text;
        while (!(status = read_link(chain, &next, text, error)) && *next) next++; /* the comma */
    }
    if (status) {
        dsc_augment_chain_free(chain);
        return status;
    }
    *result = chain;
    return DSC_OK;
}

void dsc_augment_chain_free(dsc_augment_chain *chain) {
    if (!chain) return;
    for (size_t i = 0; i < chain->count; i++)
        dsc_row_release((const void *)chain->links[i].kind, chain->links[i].values);
    free(chain);
}

bool dsc_augment_chain_is_empty(const dsc_augment_chain *chain) { return !chain || !chain->count; }

bool dsc_augment_chain_turns_ground(const dsc_augment_chain *chain) {
    for (size_t i = 0; chain && i < chain->count; i++)
        if (chain->links[i].kind->turns_ground) return true;
    return false;
}

bool dsc_augment_chain_mirrors(const dsc_augment_chain *chain) {
    for (size_t i = 0; chain && i < chain->count; i++)
        if (chain->links[i].kind->mirrors) return true;
    return false;
}

/* --- applying --- */

/* Floats between buffers, rounded up so that each buffer starts on a cache line if the first does. */
static size_t stride_of(const size_t shape[3]) { return (shape[0] * shape[1] * shape[2] + 15) / 16 * 16; }

size_t dsc_augment_scratch(const dsc_augment_chain *chain, const size_t shape[3]) {
    size_t most = 0;
    if (!chain || !chain->count) return 0;
    for (size_t i = 0; i < chain->count; i++) {
        const link *l = &chain->links[i];
        const size_t needed = l->kind->scratch ? l->kind->scratch(l->values, shape) : 0;
        if (needed > most) most = needed;
    }
    return (2 * stride_of(shape) + most) * sizeof(float);
}

static void take(const dsc_augment_chain *chain, float *now, const void *in, dsc_type type, size_t count) {
    if (type == DSC_U8)
        from_bytes[chain->kernels->isa](now, in, count);
    else
        for (size_t i = 0; i < count; i++) now[i] = ((const float *)in)[i] * 255;
}

static void give(const dsc_augment_chain *chain, void *out, const float *now, dsc_type type, size_t count) {
    if (type == DSC_U8)
        to_bytes[chain->kernels->isa](out, now, count);
    else
        for (size_t i = 0; i < count; i++) ((float *)out)[i] = now[i] / 255;
}

void dsc_augment_numbers(const dsc_augment_chain *chain, void *out, const void *in, dsc_type type,
                         const size_t shape[3], uint64_t seed, uint64_t epoch, uint64_t sample,
                         void *scratch) {
    const size_t count = shape[0] * shape[1] * shape[2], stride = stride_of(shape);
    float *now = scratch, *next = now + (chain ? stride : 0);
    bool changed = false;
    for (size_t i = 0; chain && i < chain->count; i++) {
        const link *l = &chain->links[i];
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_AUGMENT},
                       (const uint64_t[4]){0, sample, epoch, i});
        /* The draw is in [0, 1): p = 0 means never, p = 1 always. */
        if (dsc_rng_random(&rng) >= ((const dsc_augment_common *)l->values)->p) continue;
        if (!changed) take(chain, now, in, type, count);
        changed = true;
        const dsc_augment_call call = {.values = l->values,
                                       .out = next,
                                       .in = now,
                                       .shape = {shape[0], shape[1], shape[2]},
                                       .scratch = (float *)scratch + 2 * stride,
                                       .rng = &rng,
                                       .kernels = chain->kernels};
        l->kind->apply(&call);
        float *was = now;
        now = next;
        next = was;
    }
    if (changed)
        give(chain, out, now, type, count);
    else
        memcpy(out, in, count * dsc_type_size(type));
}

void dsc_augment_image(const dsc_augment_chain *chain, uint8_t *out, const uint8_t *in, const size_t shape[3],
                       uint64_t seed, uint64_t epoch, uint64_t sample, void *scratch) {
    dsc_augment_numbers(chain, out, in, DSC_U8, shape, seed, epoch, sample, scratch);
}
