/* SPDX-License-Identifier: MIT */
/* duplicates.h: images that occur twice, in one set or in two. */
#ifndef DSC_DATA_DUPLICATES_H
#define DSC_DATA_DUPLICATES_H

#include "data/dataset.h"

/* The images of a set: image i begins at images + index[i] * size. */
typedef struct dsc_image_list {
    const uint8_t *images;
    const uint32_t *index; /* NULL: all images in order */
    size_t count, size;    /* size: bytes per image */
} dsc_image_list;

dsc_image_list dsc_image_list_of(const dsc_dataset *data);

typedef struct dsc_duplicates {
    size_t images;        /* images of the second list that are in the first (one list: earlier in it) */
    size_t labels_differ; /* those whose label differs from the first equal one's; 0 without labels */
    size_t first, second; /* the pair with the smallest `second`, if any */
} dsc_duplicates;

/* Counts the images of `second` that are, byte for byte, also in `first`; `second` NULL: the images of
 * `first` that repeat an earlier one. Labels may be NULL. Images of different sizes are never equal. Fails
 * only without memory. */
dsc_status dsc_duplicates_find(dsc_duplicates *found, const dsc_image_list *first,
                               const uint8_t *first_labels, const dsc_image_list *second,
                               const uint8_t *second_labels, dsc_error *error);

#endif
