/* SPDX-License-Identifier: MIT */
/* augment.h: random changes to training images. Each transformation is one file that defines a descriptor,
 * plus one line in augmentations.c. A recipe names a chain of them: "affine rotate=10 shift=2, elastic
 * p=0.5". */
#ifndef DSC_AUGMENT_AUGMENT_H
#define DSC_AUGMENT_AUGMENT_H

#include "base/random.h"
#include "base/registry.h"

struct dsc_kernels;

/* One image: channels x height x width values from 0 to 255, as floats so that a chain rounds once. height *
 * width is below 2^31. */
typedef struct dsc_augment_call {
    const void *values; /* of the parameter table */
    float *out;         /* (C, H, W), output */
    const float *in;    /* (C, H, W); never overlaps out */
    size_t shape[3];
    float *scratch; /* scratch(shape) floats, uninitialised */
    dsc_rng *rng;   /* Philox at (0, sample, epoch, position in the chain): the same in every thread */
    const struct dsc_kernels *kernels; /* every set gives the same bits */
} dsc_augment_call;

/* The first member of every values struct; every parameter table includes its `p`, usually as DSC_AUGMENT_P.
 * The chain draws whether to change an image. */
typedef struct dsc_augment_common {
    double p;
} dsc_augment_common;
#define DSC_AUGMENT_P DSC_REAL(dsc_augment_common, p, "1", 0, 1, "probability that an image is changed")

/* Recorded result for the 60 images of the tests (tests/augment/pictures.h); the same bits on every
 * machine. */
typedef struct dsc_augment_example {
    const char *values; /* "rotate=10", values that change images */
    uint64_t images;    /* FNV-1a of the results; 0 ends the examples */
} dsc_augment_example;

/* The draws of apply from `rng` must not depend on the image or the kernels. apply must not use the C
 * library's elementary functions, which differ between machines. */
typedef struct dsc_augmentation {
    const char *name;
    const char *help;
    const dsc_param *params;
    size_t values_size;
    const char *(*check)(
        const void *values); /* an error about the combination of values, or NULL; may be NULL */
    size_t (*scratch)(const void *values, const size_t shape[3]); /* in floats; NULL: none */
    void (*apply)(const dsc_augment_call *call);
    bool turns_ground;                   /* exchanges ink and ground: images appear on either ground */
    bool mirrors;                        /* mirrors images: wrong for digits and letters */
    const dsc_augment_example *examples; /* at least one */
} dsc_augmentation;

extern const dsc_augmentation *const dsc_augmentations[]; /* NULL-terminated */
extern const dsc_registry dsc_augmentation_registry;

enum { DSC_AUGMENT_CHAIN_MOST = 16 };

/* A chain parsed from text; immutable, shared by threads. "" and "none" give the empty chain; NULL also means
 * the empty chain in the functions below. DSC_ERROR_ARGUMENT: the message shows the column and suggests a
 * name. */
typedef struct dsc_augment_chain dsc_augment_chain;
dsc_status dsc_augment_chain_create(dsc_augment_chain **chain, const char *text, dsc_error *error);
void dsc_augment_chain_free(dsc_augment_chain *chain);

/* Whether the chain changes nothing. */
bool dsc_augment_chain_is_empty(const dsc_augment_chain *chain);

/* Whether a link of the chain has turns_ground, or mirrors. */
bool dsc_augment_chain_turns_ground(const dsc_augment_chain *chain);
bool dsc_augment_chain_mirrors(const dsc_augment_chain *chain);

/* Bytes of scratch per thread for images of this shape, with malloc's alignment. */
size_t dsc_augment_scratch(const dsc_augment_chain *chain, const size_t shape[3]);

/* out = the chain applied to one image of bytes, rounded and clamped. Depends only on (seed, epoch, sample).
 * Never fails, never allocates. An empty chain copies. `out` must not overlap `in`. */
void dsc_augment_image(const dsc_augment_chain *chain, uint8_t *out, const uint8_t *in, const size_t shape[3],
                       uint64_t seed, uint64_t epoch, uint64_t sample, void *scratch);

/* The same for an image of DSC_U8, or of DSC_F32 in which 1 corresponds to byte 255. Floats are multiplied by
 * 255 for the chain and neither rounded nor clamped. */
void dsc_augment_numbers(const dsc_augment_chain *chain, void *out, const void *in, dsc_type type,
                         const size_t shape[3], uint64_t seed, uint64_t epoch, uint64_t sample,
                         void *scratch);

#endif
