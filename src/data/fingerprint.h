/* SPDX-License-Identifier: MIT */
/* fingerprint.h: what data is, all of it, in a few numbers: so that no run goes on with other data than it
 * was begun with. */
#ifndef DSC_DATA_FINGERPRINT_H
#define DSC_DATA_FINGERPRINT_H

#include "data/dataset.h"

#include <jansson.h>

/* Each number is the CRC-32 above and the Adler-32 below, of bytes alone: the same on every machine. */
typedef struct dsc_fingerprint {
    size_t count, shape[3], classes;
    uint64_t images, labels; /* in the order of the samples */
    uint64_t names;          /* of the classes, each with the zero behind it */
} dsc_fingerprint;

/* Reads all of the data once: some milliseconds for MNIST's 47 MB. */
dsc_fingerprint dsc_dataset_fingerprint(const dsc_dataset *data);

/* The first thing in which they differ: "the number of images", "the labels", ...; NULL: they are the
 * same. */
const char *dsc_fingerprint_difference(const dsc_fingerprint *a, const dsc_fingerprint *b);

/* {"count": N, "shape": [C, H, W], "images": "16 hexadecimal digits", "labels": ..., "classes": N,
 * "names": ...} */
json_t *dsc_fingerprint_to_json(const dsc_fingerprint *fingerprint);
bool dsc_fingerprint_from_json(dsc_fingerprint *fingerprint, const json_t *json);

#endif
