/* SPDX-License-Identifier: MIT */
/* footprint.h: what a network will take as a C file, before it is trained. */
#ifndef EXCHANGE_FOOTPRINT_H
#define EXCHANGE_FOOTPRINT_H

#include "tune/budget.h"

typedef struct exchange_footprint_how {
    const dsc_dataset *images; /* that the network is for */
    bool whole;                /* as `descender quantise` makes it; else in floats */
} exchange_footprint_how;

/* A dsc_footprint_find whose `user` is an exchange_footprint_how: makes the recipe's network with its first
 * numbers, quantises it if that is asked for (to the recipe's `quantise`, or else 8 bits), and plans it as
 * `export --to c` does. UNSUPPORTED: it cannot be quantised, or not be written as C; the message says why. */
dsc_status exchange_footprint_find(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                   size_t trial, uint64_t draw, dsc_error *error);

#endif
