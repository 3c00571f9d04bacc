/* SPDX-License-Identifier: MIT */
/* duplicates.h: images that are there twice, within a set or in two sets. */
#ifndef DSC_DATA_DUPLICATES_H
#define DSC_DATA_DUPLICATES_H

#include "data/dataset.h"

/* The images of a set as a list of pointers would have them: image i begins at images + index[i] * size. */
typedef struct dsc_image_list {
    const uint8_t *images;
    const uint32_t *index; /* NULL: all, in their order */
    size_t count, size;    /* size: bytes of one image */
} dsc_image_list;

dsc_image_list dsc_image_list_of(const dsc_dataset *data);

typedef struct dsc_duplicates {
    size_t images; /* of the second list: how many have an equal one in the first (one list: earlier in it) */
    size_t
        labels_differ; /* of these: how many have another label than the first equal one; 0 without labels */
    size_t first, second; /* the pair with the smallest `second`, where there is one */
} dsc_duplicates;

/* How many images of `second` are, byte for byte, in `first` too; with `second` NULL, how many of `first`
 * repeat an earlier one. The labels may be NULL. Lists whose images are of different sizes have none in
 * common. */
dsc_status dsc_duplicates_find(dsc_duplicates *found, const dsc_image_list *first,
                               const uint8_t *first_labels, const dsc_image_list *second,
                               const uint8_t *second_labels, dsc_error *error);

#endif
