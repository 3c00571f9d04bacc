/* SPDX-License-Identifier: MIT */
/* ground.h: what the ink of images stands on: of one image, and of many, which vote. */
#ifndef DSC_IMAGE_GROUND_H
#define DSC_IMAGE_GROUND_H

#include <descender.h>

/* Of one image (C, H, W). *blank: all of its pixels are nearly alike. */
dsc_ground dsc_image_ground(bool *blank, const uint8_t *image, const size_t shape[3]);

/* Both are known, and they are not the same. */
static inline bool dsc_grounds_differ(dsc_ground a, dsc_ground b) {
    return a != b && a != DSC_GROUND_UNKNOWN && b != DSC_GROUND_UNKNOWN;
}

/* Starts as {0}. */
typedef struct dsc_ground_votes {
    size_t voters, dark, light; /* voters: all but the blank ones */
} dsc_ground_votes;

void dsc_ground_vote(dsc_ground_votes *votes, const uint8_t *image, const size_t shape[3]);
dsc_ground dsc_ground_elected(const dsc_ground_votes *votes);

/* Of `count` images look at those whose numbers are multiples of this. */
size_t dsc_look_step(size_t count);

#endif
