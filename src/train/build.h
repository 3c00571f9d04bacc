/* SPDX-License-Identifier: MIT */
/* build.h: from a recipe to what its texts mean, which is found out once, and to the model that it
 * describes. */
#ifndef DSC_TRAIN_BUILD_H
#define DSC_TRAIN_BUILD_H

#include "augment/augment.h"
#include "kernel/choose.h"
#include "model/model.h"
#include "optim/choose.h"
#include "train/recipe.h"

/* What the texts of a recipe mean, and what follows from them: what a trainer is made of, beside the
 * model. */
typedef struct dsc_recipe_parts {
    dsc_chosen_optimiser optimiser;
    dsc_chosen_schedule schedule;
    dsc_augment_chain *augment;
    dsc_kernels_choice choice; /* of the kernels */
    bool bf16;
    double learning_rate, weight_decay; /* the recipe's, or the optimiser's own */
} dsc_recipe_parts;

/* Checks everything that can be checked without data, and parses every text but the model's and the loss's.
 * An error in a text names the recipe's parameter, points at the column, and suggests. Release with
 * dsc_recipe_parts_release, also after a failure. */
dsc_status dsc_recipe_parse(dsc_recipe_parts *parts, const dsc_recipe *recipe, dsc_error *error);
void dsc_recipe_parts_release(dsc_recipe_parts *parts);

/* Fails if the recipe has patience or `until`, and there is no validation set to watch. */
dsc_status dsc_recipe_check_patience(const dsc_recipe *recipe, bool validates, dsc_error *error);

/* Fails as those two do: for those who want to know before there are data to train on. */
dsc_status dsc_recipe_check(const dsc_recipe *recipe, dsc_error *error);

/* The model that a recipe describes, for the images and classes of `data`: not trained yet, or, with `from`,
 * with what fits of that model, whose bytes it reads the same way (dsc_model_adapt). Without `from` its
 * normalisation is still to be set: that depends on what is held out. dsc_trainer_create does both. */
dsc_status dsc_recipe_make_model(dsc_model **model, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error);

/* Freezes parameters and buffers, and sets factors of learning rates, as a recipe's `freeze` and `rates` say:
 * patterns (dsc_graph_freeze), divided by commas, each with a factor from 0 to 1000 behind it in `rates`.
 * ARGUMENT: a pattern that fits nothing, or no number; the message tells what there is. */
dsc_status dsc_recipe_set_layers(const dsc_recipe *recipe, dsc_graph *graph, dsc_error *error);

#endif
