/* SPDX-License-Identifier: MIT */
/* build.h: parses the texts of a recipe, once, and makes the model that the recipe describes. */
#ifndef DSC_TRAIN_BUILD_H
#define DSC_TRAIN_BUILD_H

#include "augment/augment.h"
#include "kernel/choose.h"
#include "model/model.h"
#include "optim/choose.h"
#include "train/recipe.h"

/* The parsed texts of a recipe and what follows from them: all that a trainer needs beside the model. */
typedef struct dsc_recipe_parts {
    dsc_chosen_optimiser optimiser;
    dsc_chosen_schedule schedule;
    dsc_augment_chain *augment;
    dsc_kernels_choice choice; /* of the kernels */
    bool bf16;
    double learning_rate, weight_decay; /* the recipe's, or the optimiser's defaults */
} dsc_recipe_parts;

/* Checks everything that can be checked without data, and parses every text except those of the model and the
 * loss. An error message names the recipe's parameter, points at the column and suggests a correction. The
 * caller releases `parts` with dsc_recipe_parts_release, also after a failure. */
dsc_status dsc_recipe_parse(dsc_recipe_parts *parts, const dsc_recipe *recipe, dsc_error *error);
void dsc_recipe_parts_release(dsc_recipe_parts *parts);

/* Fails if the recipe has `patience` or `until` and there is no validation set. */
dsc_status dsc_recipe_check_patience(const dsc_recipe *recipe, bool validates, dsc_error *error);

/* Fails if the recipe is of an ensemble: trainers, searches and studies train one network at a time. */
dsc_status dsc_recipe_check_members(const dsc_recipe *recipe, dsc_error *error);

/* Makes the checks of dsc_recipe_parse and dsc_recipe_check_patience, before any data are loaded. */
dsc_status dsc_recipe_check(const dsc_recipe *recipe, dsc_error *error);

/* Makes the model of a recipe for the images and classes of `data`; the caller frees it. Without `from` the
 * model is untrained, and its normalisation is not set yet, because that depends on which samples are held
 * out. With `from` it takes over the layers of that model that fit, and its normalisation (dsc_model_adapt).
 * dsc_trainer_create does both. */
dsc_status dsc_recipe_make_model(dsc_model **model, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error);

/* Counts the multiply-adds of a training step per image: the forward pass, and the same again for each of the
 * two gradients. */
dsc_status dsc_recipe_count_work(double *work, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error);

/* Freezes parameters and buffers by the recipe's `freeze`, and sets their learning-rate factors by its
 * `rates`. Both are comma-separated patterns (dsc_graph_freeze); in `rates` each is followed by a factor from
 * 0 to 1000. DSC_ERROR_ARGUMENT: a pattern matches nothing, or a factor is not a number in range; the message
 * lists the layers. */
dsc_status dsc_recipe_set_layers(const dsc_recipe *recipe, dsc_graph *graph, dsc_error *error);

#endif
