/* SPDX-License-Identifier: MIT */
/* normalise.h: converts image bytes, and floats in which 1 corresponds to byte 255, to network inputs.
 * Applying allocates nothing and cannot fail; any thread. */
#ifndef DSC_MODEL_NORMALISE_H
#define DSC_MODEL_NORMALISE_H

#include "base/real.h"

enum { DSC_CHANNELS_MOST = 1024 };

/* byte * scale[c] + offset[c] for each channel c; a float counts as the byte 255 times itself. */
typedef struct dsc_normalisation {
    char name[16]; /* "unit", "standard", "bytes" */
    bool whole;    /* "bytes": scale 1, offset 0; a float is rounded to the nearest byte */
    size_t channels;
    dsc_real scale[DSC_CHANNELS_MOST], offset[DSC_CHANNELS_MOST];
} dsc_normalisation;

#define DSC_NORMALISE_AS_BYTES "bytes"

/* Finds a normalisation by name. "unit": byte / 255. "bytes": the byte itself, an integer from 0 to 255.
 * "standard": subtracts the mean of `data`'s images and divides by their standard deviation, for each
 * channel; a constant channel uses the deviation 255. Only "standard" reads `data`: all images, and it fails
 * if their callback does. */
dsc_status dsc_normalisation_find(dsc_normalisation *normalisation, const char *name, const dsc_dataset *data,
                                  dsc_error *error);

/* Normalises `count` consecutive images (C, H, W) of DSC_U8 or DSC_F32 to `out` (count, C, H, W). */
void dsc_normalisation_apply(const dsc_normalisation *normalisation, dsc_real *out, const void *images,
                             dsc_type type, size_t count, const size_t shape[3]);

/* Normalises pixels [first, last) of a single image to the same positions of `out` (C, H, W). */
void dsc_normalisation_apply_pixels(const dsc_normalisation *normalisation, dsc_real *out, const void *image,
                                    dsc_type type, size_t first, size_t last, const size_t shape[3]);

#endif
