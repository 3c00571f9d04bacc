/* SPDX-License-Identifier: MIT */
/* build.h: from a recipe to a model. */
#ifndef DSC_TRAIN_BUILD_H
#define DSC_TRAIN_BUILD_H

#include "model/model.h"
#include "train/recipe.h"

/* The model that a recipe describes, for the images and classes of `data`, not trained yet. Its normalisation
 * is still to be set: that depends on what is held out. */
dsc_status dsc_recipe_make_model(dsc_model **model, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error);

#endif
