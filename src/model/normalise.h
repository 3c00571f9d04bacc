/* SPDX-License-Identifier: MIT */
/* normalise.h: how bytes, and floats on a scale where 1 is what 255 is to bytes, become numbers. */
#ifndef DSC_MODEL_NORMALISE_H
#define DSC_MODEL_NORMALISE_H

#include "base/real.h"

enum { DSC_CHANNELS_MOST = 1024 };

/* byte * scale[c] + offset[c], channel by channel; of a float, 255 times it stands for the byte. */
typedef struct dsc_normalisation {
    char name[16]; /* "unit", "standard", "bytes" */
    bool whole;    /* "bytes": scale 1, offset 0; a float is rounded to the next byte */
    size_t channels;
    dsc_real scale[DSC_CHANNELS_MOST], offset[DSC_CHANNELS_MOST];
} dsc_normalisation;

#define DSC_NORMALISE_AS_BYTES "bytes"

/* "unit" is byte / 255; "bytes" the byte itself, a whole number from 0 to 255; "standard" subtracts the mean
 * of `data`'s images and divides by their deviation, channel by channel; `data` is not looked at for the
 * others. Where a channel is of one value, its deviation counts as 255. Reads all images; fails if a callback
 * that reads them does. */
dsc_status dsc_normalisation_find(dsc_normalisation *normalisation, const char *name, const dsc_dataset *data,
                                  dsc_error *error);

/* Writes `count` images (C, H, W) of DSC_U8 or DSC_F32, one after the other, as numbers (count, C, H, W). */
void dsc_normalisation_apply(const dsc_normalisation *normalisation, dsc_real *out, const void *images,
                             dsc_type type, size_t count, const size_t shape[3]);

/* Of one image alone pixels [first, last), to their places in `out` (C, H, W). */
void dsc_normalisation_apply_pixels(const dsc_normalisation *normalisation, dsc_real *out, const void *image,
                                    dsc_type type, size_t first, size_t last, const size_t shape[3]);

#endif
