/* SPDX-License-Identifier: MIT */
/* optimisers.c: the registry. A new optimiser is one file in this folder and one line here. */
#include "optim/optimiser.h"

#include <string.h>

extern const dsc_optimiser dsc_optimiser_sgd, dsc_optimiser_adam, dsc_optimiser_adamw, dsc_optimiser_rmsprop;

const dsc_optimiser *const dsc_optimisers[] = {
    &dsc_optimiser_sgd, &dsc_optimiser_adam, &dsc_optimiser_adamw, &dsc_optimiser_rmsprop, NULL,
};

const dsc_optimiser *dsc_optimiser_find(const char *name) {
    for (const dsc_optimiser *const *optimiser = dsc_optimisers; *optimiser; optimiser++)
        if (!strcmp((*optimiser)->name, name)) return *optimiser;
    return NULL;
}
