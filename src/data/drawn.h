/* SPDX-License-Identifier: MIT */
/* drawn.h: data sets that code draws, image by image. */
#ifndef DSC_DATA_DRAWN_H
#define DSC_DATA_DRAWN_H

#include "data/known.h"

/* What is drawn. Images are (28, 28) bytes. */
typedef struct dsc_drawn {
    const dsc_known_data *known; /* the data set: its title, classes and their names */
    size_t count;                /* 1 to 4294967295 */
    uint64_t seed;
    unsigned threads; /* 0: all cores */
    /* Draws image `index` and returns its label. What it draws depends on `seed`, `index` and `how` alone. Called
     * by several threads at once. */
    uint8_t (*draw)(uint8_t *image, uint64_t seed, uint64_t index, const void *how);
    const void *how;
} dsc_drawn;

/* Draws them as a dataset, "TITLE, seed SEED". */
dsc_status dsc_drawn_create(dsc_dataset **data, const dsc_drawn *drawn, dsc_error *error);

#endif
