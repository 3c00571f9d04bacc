/* SPDX-License-Identifier: MIT */
/* footprint.h: the size of a network exported to C, before it is trained. */
#ifndef EXCHANGE_FOOTPRINT_H
#define EXCHANGE_FOOTPRINT_H

#include "tune/budget.h"

typedef struct exchange_footprint_how {
    const dsc_dataset *images; /* the data that the network is for */
    bool whole;                /* quantised as by `descender quantise`; otherwise floats */
} exchange_footprint_how;

/* A dsc_footprint_find whose `user` is an exchange_footprint_how: creates the recipe's network with initial
 * values, quantises it if requested (to the recipe's `quantise`, or 8 bits), and plans it like `export --to
 * c`. DSC_ERROR_UNSUPPORTED: it cannot be quantised or written as C; the message says why. */
dsc_status exchange_footprint_find(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                   size_t trial, uint64_t draw, dsc_error *error);

#endif
