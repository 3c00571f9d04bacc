/* SPDX-License-Identifier: MIT */
/* fingerprint.h: identifies the whole content of a data set by a few numbers, so that a run is not resumed
 * with other data. */
#ifndef DSC_DATA_FINGERPRINT_H
#define DSC_DATA_FINGERPRINT_H

#include "data/dataset.h"

#include <jansson.h>

/* Each checksum has a CRC-32 in its upper half and an Adler-32 in its lower half, of bytes: the same on every
 * machine. */
typedef struct dsc_fingerprint {
    size_t count, shape[3], classes;
    uint64_t images, labels; /* in the order of the samples */
    uint64_t names;          /* class names, each with its terminating zero */
} dsc_fingerprint;

/* Reads all of the data once: some milliseconds for MNIST's 47 MB. */
dsc_fingerprint dsc_dataset_fingerprint(const dsc_dataset *data);

/* Returns the first difference, "the number of images", "the labels", ...; NULL if both are equal. */
const char *dsc_fingerprint_difference(const dsc_fingerprint *a, const dsc_fingerprint *b);

/* {"count": N, "shape": [C, H, W], "images": "16 hexadecimal digits", "labels": ..., "classes": N, "names":
 * ...}. The caller owns the JSON; NULL without memory. dsc_fingerprint_from_json returns false for anything
 * else. */
json_t *dsc_fingerprint_to_json(const dsc_fingerprint *fingerprint);
bool dsc_fingerprint_from_json(dsc_fingerprint *fingerprint, const json_t *json);

#endif
