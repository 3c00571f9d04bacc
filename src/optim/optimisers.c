/* SPDX-License-Identifier: MIT */
/* optimisers.c: the registry of optimisers. A new optimiser is one file in this folder and one line here. */
#include "optim/optimiser.h"

#define DSC_OPTIMISERS(OPTIMISER)                                                                            \
    OPTIMISER(sgd)                                                                                           \
    OPTIMISER(adam)                                                                                          \
    OPTIMISER(adamw)                                                                                         \
    OPTIMISER(rmsprop)

#define DECLARE(name) extern const dsc_optimiser_kind dsc_optimiser_##name;
DSC_OPTIMISERS(DECLARE)

#define ENTRY(name) &dsc_optimiser_##name,
const dsc_optimiser_kind *const dsc_optimisers[] = {DSC_OPTIMISERS(ENTRY) NULL};
DSC_BEGINS_AS_ROW(dsc_optimiser_kind, params);

static void facts(dsc_text *text, const void *row) {
    const dsc_optimiser_kind *optimiser = row;
    char rate[40], decay[40];
    dsc_text_append(text, "default learning rate %s, weight decay %s",
                    dsc_format_shortest(rate, optimiser->learning_rate),
                    optimiser->weight_decay > 0 ? dsc_format_shortest(decay, optimiser->weight_decay) : "0");
}

const dsc_registry dsc_optimiser_registry = {
    .thing = "optimiser",
    .things = "optimisers",
    .about = "Rules by which gradients change weights, as in --optimiser 'sgd momentum=0.9'.",
    .rows = dsc_optimisers,
    .facts = facts,
};
