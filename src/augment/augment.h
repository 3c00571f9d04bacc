/* SPDX-License-Identifier: MIT */
/* augment.h: changes to images while training. One file a transformation, which ends in one descriptor, and
 * one line in augmentations.c. A recipe has a chain of them as text: "affine rotate=10 shift=2, elastic
 * p=0.5". */
#ifndef DSC_AUGMENT_AUGMENT_H
#define DSC_AUGMENT_AUGMENT_H

#include "base/random.h"
#include "base/registry.h"

struct dsc_kernels;

/* One image in work: channels x height x width values from 0 to 255, in float so that a chain rounds once.
 * Height times width is below 2^31. */
typedef struct dsc_augment_call {
    const void *values; /* of the parameter table */
    float *out;         /* (C, H, W), to be written */
    const float *in;    /* (C, H, W); never the same memory as out */
    size_t shape[3];
    float *scratch; /* the descriptor's scratch(shape) numbers, with anything in them */
    dsc_rng *rng;   /* Philox at (0, sample, epoch, position in the chain): the same whichever thread draws */
    const struct dsc_kernels *kernels; /* every set gives the same bits */
} dsc_augment_call;

/* Every values struct begins with this, and every parameter table has its `p`, mostly as DSC_AUGMENT_P: the
 * chain draws whether an image is changed at all. */
typedef struct dsc_augment_common {
    double p;
} dsc_augment_common;
#define DSC_AUGMENT_P DSC_REAL(dsc_augment_common, p, "1", 0, 1, "share of the images it is done to")

/* What it makes of the 60 images of the tests (tests/augment/pictures.h), recorded: the same bits on every
 * machine. */
typedef struct dsc_augment_example {
    const char *values; /* "rotate=10", with which images change */
    uint64_t images;    /* FNV-1a of them; 0 ends the examples */
} dsc_augment_example;

/* What apply draws from `rng` must not depend on the image or the kernels; the C library's functions, which
 * differ from machine to machine, are not used. */
typedef struct dsc_augmentation {
    const char *name;
    const char *help;
    const dsc_param *params;
    size_t values_size;
    const char *(*check)(
        const void *values); /* what is wrong with these values together, or NULL; may be NULL */
    size_t (*scratch)(const void *values, const size_t shape[3]); /* in floats; NULL: none */
    void (*apply)(const dsc_augment_call *call);
    bool turns_ground;                   /* ink and ground are exchanged: images come on either ground */
    bool mirrors;                        /* images are mirrored: wrong for digits and letters */
    const dsc_augment_example *examples; /* at least one */
} dsc_augmentation;

extern const dsc_augmentation *const dsc_augmentations[]; /* NULL ends them */
extern const dsc_registry dsc_augmentation_registry;

enum { DSC_AUGMENT_CHAIN_MOST = 16 };

/* A chain made from text. Immutable, shared by threads. "" and "none" are the empty chain, and so is NULL
 * where a chain is asked for below. Errors in the text point at the column, and suggest. */
typedef struct dsc_augment_chain dsc_augment_chain;
dsc_status dsc_augment_chain_create(dsc_augment_chain **chain, const char *text, dsc_error *error);
void dsc_augment_chain_free(dsc_augment_chain *chain);

/* Does it do nothing? */
bool dsc_augment_chain_is_empty(const dsc_augment_chain *chain);

/* Is there one in it that turns_ground, or that mirrors? */
bool dsc_augment_chain_turns_ground(const dsc_augment_chain *chain);
bool dsc_augment_chain_mirrors(const dsc_augment_chain *chain);

/* Bytes of scratch that one thread needs for images of this shape; aligned as malloc aligns. */
size_t dsc_augment_scratch(const dsc_augment_chain *chain, const size_t shape[3]);

/* out = the chain applied to one image of bytes, rounded and clamped to bytes. Deterministic in (seed, epoch,
 * sample). Never fails, never allocates. An empty chain copies. */
void dsc_augment_image(const dsc_augment_chain *chain, uint8_t *out, const uint8_t *in, const size_t shape[3],
                       uint64_t seed, uint64_t epoch, uint64_t sample, void *scratch);

/* The same for an image of DSC_U8, or of DSC_F32 on a scale where 1 is what 255 is to bytes: floats are
 * neither rounded nor clamped, and go through the chain as 255 times themselves. */
void dsc_augment_numbers(const dsc_augment_chain *chain, void *out, const void *in, dsc_type type,
                         const size_t shape[3], uint64_t seed, uint64_t epoch, uint64_t sample,
                         void *scratch);

#endif
