/* SPDX-License-Identifier: MIT */
/* drawn.h: data sets that code draws, image by image: the rows of dsc_drawn_data_registry. */
#ifndef DSC_DATA_DRAWN_H
#define DSC_DATA_DRAWN_H

#include "data/known.h"

/* The parameters of a row that is written by hand, and its values. */
typedef enum dsc_hands { DSC_HANDS_USUAL, DSC_HANDS_WORLD } dsc_hands;
typedef struct dsc_hands_values {
    int hands;
} dsc_hands_values;
extern const dsc_param dsc_hands_params[];

/* Whether a text as of dsc_dataset_draw names a data set that is drawn, whatever parameters follow. */
bool dsc_is_drawn(const char *text);

/* Draws `count` images (1 to 4294967295) of a data set of that registry. `values` are those of its
 * parameters; NULL: the defaults. The dataset is called "TITLE KEY=VALUE ..., seed SEED". */
dsc_status dsc_drawn_create(dsc_dataset **data, const dsc_known_data *known, const void *values, size_t count,
                            uint64_t seed, unsigned threads, dsc_error *error);

#endif
