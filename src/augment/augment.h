/* SPDX-License-Identifier: MIT */
/* augment.h: changes to images while training. One file a transformation, which ends in one descriptor, and one
 * line in augmentations.c. A recipe has a chain of them as text: "affine rotate=10 shift=2, elastic p=0.5". */
#ifndef DSC_AUGMENT_AUGMENT_H
#define DSC_AUGMENT_AUGMENT_H

#include "base/random.h"

/* One image in work: channels x height x width values from 0 to 255, in float so that a chain rounds once. */
typedef struct dsc_augment_call {
    const void *values;
    float *out;      /* (C, H, W), to be written */
    const float *in; /* (C, H, W); never the same memory as out */
    size_t shape[3];
    float *scratch; /* the descriptor's scratch(shape) numbers */
    dsc_rng *rng;   /* Philox at (0, sample, epoch, position in the chain): the same whichever thread draws */
} dsc_augment_call;

typedef struct dsc_augmentation {
    const char *name;
    const char *help;
    const dsc_param *params;
    size_t values_size;
    size_t (*scratch)(const void *values, const size_t shape[3]); /* in floats; NULL: none */
    void (*apply)(const dsc_augment_call *call);
} dsc_augmentation;

extern const dsc_augmentation *const dsc_augmentations[];

/* A chain made from text. Immutable, shared by threads. */
typedef struct dsc_augment_chain dsc_augment_chain;
dsc_status dsc_augment_chain_create(dsc_augment_chain **chain, const char *text,
                                    dsc_error *error); /* "" : empty */
void dsc_augment_chain_free(dsc_augment_chain *chain);

/* Bytes of scratch that one thread needs for images of this shape. */
size_t dsc_augment_scratch(const dsc_augment_chain *chain, const size_t shape[3]);

/* out = the chain applied to one image of bytes, rounded and clamped to bytes. Deterministic in (seed, epoch,
 * sample). Never fails, never allocates. An empty chain copies. */
void dsc_augment_image(const dsc_augment_chain *chain, uint8_t *out, const uint8_t *in, const size_t shape[3],
                       uint64_t seed, uint64_t epoch, uint64_t sample, void *scratch);

#endif
