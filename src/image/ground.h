/* SPDX-License-Identifier: MIT */
/* ground.h: whether ink is on a dark or a light ground, for one image, and by vote for many. */
#ifndef DSC_IMAGE_GROUND_H
#define DSC_IMAGE_GROUND_H

#include <descender.h>

/* The ground of an image (C, H, W). *blank: all of its pixels are nearly equal. */
dsc_ground dsc_image_ground(bool *blank, const uint8_t *image, const size_t shape[3]);

/* Whether both are known and differ. */
static inline bool dsc_grounds_differ(dsc_ground a, dsc_ground b) {
    return a != b && a != DSC_GROUND_UNKNOWN && b != DSC_GROUND_UNKNOWN;
}

/* Starts as {0}. */
typedef struct dsc_ground_votes {
    size_t voters, dark, light; /* voters: all images except blank ones */
} dsc_ground_votes;

void dsc_ground_vote(dsc_ground_votes *votes, const uint8_t *image, const size_t shape[3]);
dsc_ground dsc_ground_elected(const dsc_ground_votes *votes);

/* The step through `count` images: only those whose numbers are multiples of it are examined. */
size_t dsc_look_step(size_t count);

#endif
