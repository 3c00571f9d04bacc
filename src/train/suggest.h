/* SPDX-License-Identifier: MIT */
/* suggest.h: a recipe for data of any kind, for those who name none: the network, the epochs, the batch and
 * the augmentation follow from what the images are like, how many there are, and how fast this machine is. */
#ifndef DSC_TRAIN_SUGGEST_H
#define DSC_TRAIN_SUGGEST_H

#include "train/recipe.h"

/* The name that stands for such a recipe wherever a recipe is named. */
#define DSC_RECIPE_AUTO      "auto"
#define DSC_RECIPE_AUTO_HELP "picked by what the images are and how fast this machine is"

enum { DSC_SUGGESTION_REASONS = 6, DSC_SUGGESTION_TEXT = 240 };

/* What is already decided, and by whom. Starts as {0}. */
typedef struct dsc_suggest_given {
    const char *model, *kernels; /* NULL: picked */
    size_t training_samples;     /* 0: all */
    unsigned threads;            /* 0: all processors */
} dsc_suggest_given;

/* Release the recipe with dsc_recipe_clear. */
typedef struct dsc_suggestion {
    dsc_recipe recipe;
    size_t count; /* of the reasons */
    struct {
        const char *what; /* the recipe's parameter: "model", "epochs"; or "images", on which all depends */
        char why[DSC_SUGGESTION_TEXT];
    } reason[DSC_SUGGESTION_REASONS];
} dsc_suggestion;

/* Suggests a recipe for training on `data`.
 *
 *   images                                network and training
 *   ten classes of prepared digits,       the recipe mnist-99
 *     20,000 and more                   (of 60,000; fewer images get more epochs)
 *   other prepared digits or letters      the recipe mnist-99.5; fewer images get more epochs
 *   less than 4 pixels high or wide       two dense layers
 *   all others                            convolutions: two before each halving of the image and two after
 *                                         the last, when it is 5 to 9 pixels high or wide; narrow ones for
 *                                         fewer than 5,000 images, or where wide ones would take too long
 *
 * The epochs show about a million images, in about seven minutes at most by a plain model of the machine: so
 * many multiply-adds a second for each thread, by the width of the kernel set's products, with no regard to
 * what else runs. So the same machine always gets the same suggestion. Few images get more epochs: no
 * training has fewer than 1,200 steps, unless that takes more than 200 epochs.
 *
 * `given` NULL: nothing is given. A given network is taken as it is, and the epochs are for it. Looks at a
 * thousand images. Fails if that is no network for these images, or the kernels are not to be had. */
dsc_status dsc_recipe_suggest(dsc_suggestion *suggestion, const dsc_dataset *data,
                              const dsc_suggest_given *given, dsc_error *error);

#endif
