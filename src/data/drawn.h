/* SPDX-License-Identifier: MIT */
/* drawn.h: data sets drawn by code, image by image: the rows of dsc_drawn_data_registry. */
#ifndef DSC_DATA_DRAWN_H
#define DSC_DATA_DRAWN_H

#include "data/known.h"

/* The parameters of data sets of handwriting, and their values. */
typedef enum dsc_hands { DSC_HANDS_USUAL, DSC_HANDS_WORLD, DSC_HANDS_PRINT } dsc_hands;
typedef struct dsc_hands_values {
    int hands;
} dsc_hands_values;
extern const dsc_param dsc_hands_params[];

/* Whether `text`, in the form of dsc_dataset_draw, names a drawn data set, with or without parameters. */
bool dsc_is_drawn(const char *text);

/* Draws `count` images (1 to 4294967295) of a drawn data set. `values` are those of its parameters; NULL: the
 * defaults. `threads` 0: all processors. The data set is called "TITLE KEY=VALUE ..., seed SEED". */
dsc_status dsc_drawn_create(dsc_dataset **data, const dsc_known_data *known, const void *values, size_t count,
                            uint64_t seed, unsigned threads, dsc_error *error);

#endif
