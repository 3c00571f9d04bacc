/* SPDX-License-Identifier: MIT */
/* pictures.h: helpers for the tests of augmentations: images whose values encode their positions, and a
 * single call of one augmentation. */
#ifndef TESTS_AUGMENT_PICTURES_H
#define TESTS_AUGMENT_PICTURES_H

#include "testing.h"

#include "augment/augment.h"
#include "base/spec.h"
#include "kernel/kernel.h"

#include <math.h>

enum { PICTURE_MOST = 3 * 80 * 80 };

static inline float picture_value(size_t i) {
    uint32_t x = (uint32_t)i * 2654435761u + 99u;
    x ^= x >> 15, x *= 2246822519u, x ^= x >> 13;
    return (float)(x % 256);
}

static inline void picture_fill(float *image, size_t count) {
    for (size_t i = 0; i < count; i++) image[i] = picture_value(i);
}

/* Channel 0 encodes the column of a value, channel 1 the row, so tests can read where the pixels of `out`
 * come from. */
static inline void picture_ramps(float *image, size_t height, size_t width) {
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            image[y * width + x] = (float)x;
            image[height * width + y * width + x] = (float)y;
        }
}

/* Applies the single augmentation of this text to `in`, with the random numbers of (seed, sample). */
static inline void picture_apply(float *out, const float *in, const size_t shape[3], const char *name,
                                 const void *values, uint64_t seed, uint64_t sample,
                                 const dsc_kernels *kernels) {
    const dsc_augmentation *const *kind = dsc_augmentations;
    while (*kind && strcmp((*kind)->name, name)) kind++;
    assert_non_null(*kind);
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, 5}, (const uint64_t[4]){0, sample, 0, 0});
    const size_t needed = (*kind)->scratch ? (*kind)->scratch(values, shape) : 0;
    float *scratch =
        malloc(needed * sizeof *scratch + 1); /* the sanitizers detect a read beyond these numbers */
    assert_non_null(scratch);
    memset(scratch, 0x7f, needed * sizeof *scratch);
    const dsc_augment_call call = {values, out, in, {shape[0], shape[1], shape[2]}, scratch, &rng, kernels};
    (*kind)->apply(&call);
    free(scratch);
}

/* Returns the values of an item of text. Release with free(). */
static inline void *picture_values(const char **name, const char *text) {
    dsc_spec spec;
    const char *next = text;
    dsc_error error;
    ASSERT_OK(dsc_spec_read(&spec, &next, text, ",", &error), error);
    for (const dsc_augmentation *const *kind = dsc_augmentations; *kind; kind++) {
        if (strlen((*kind)->name) != spec.name_length || memcmp((*kind)->name, spec.name, spec.name_length))
            continue;
        void *values = calloc(1, (*kind)->values_size);
        assert_non_null(values);
        ASSERT_OK(dsc_spec_apply(&spec, text, "it", (*kind)->params, 0, values, &error), error);
        *name = (*kind)->name;
        return values;
    }
    fail_msg("there is no '%s'", text);
    return NULL;
}

static inline void picture_augment(float *out, const float *in, const size_t shape[3], const char *text,
                                   uint64_t seed, uint64_t sample, const dsc_kernels *kernels) {
    const char *name = "";
    void *values = picture_values(&name, text);
    picture_apply(out, in, shape, name, values, seed, sample, kernels);
    free(values);
}

#endif
