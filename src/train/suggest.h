/* SPDX-License-Identifier: MIT */
/* suggest.h: picks a recipe for any data: the network, epochs, batch and augmentation follow from the kind
 * and number of the images and from the speed of this machine. */
#ifndef DSC_TRAIN_SUGGEST_H
#define DSC_TRAIN_SUGGEST_H

#include "train/recipe.h"

/* The name of this recipe wherever a recipe is named. */
#define DSC_RECIPE_AUTO      "auto"
#define DSC_RECIPE_AUTO_HELP "picked by the images and the speed of this machine"

enum { DSC_SUGGESTION_REASONS = 6, DSC_SUGGESTION_TEXT = 240 };

/* Settings that the user has given. Starts as {0}. */
typedef struct dsc_suggest_given {
    const char *model, *kernels; /* NULL: to be picked */
    size_t training_samples;     /* 0: all */
    unsigned threads;            /* 0: all processors */
} dsc_suggest_given;

/* Release the recipe with dsc_recipe_clear. */
typedef struct dsc_suggestion {
    dsc_recipe recipe;
    size_t count; /* number of reasons */
    struct {
        const char *what; /* the recipe's parameter: "model", "epochs"; or "images" */
        char why[DSC_SUGGESTION_TEXT];
    } reason[DSC_SUGGESTION_REASONS];
} dsc_suggestion;

/* Suggests a recipe for training on `data`.
 *
 *   images                                network and training
 *   ten classes of prepared digits,       the recipe mnist-99, with two epochs
 *     20,000 and more                   (of 60,000; fewer images get more epochs)
 *   other prepared digits or letters      the recipe mnist-99.5; fewer images get more epochs
 *   less than 4 pixels high or wide       two dense layers
 *   all others                            convolutions: two before each halving of the image and two after
 *                                         the last, at 5 to 9 pixels of height or width; narrow for fewer
 *                                         than 5,000 images, or if wide ones would take too long
 *
 * The epochs show about a million images in at most about seven minutes, by a simple model of the machine: a
 * fixed number of multiply-adds per second and thread, by the vector width of the kernel set. The load of the
 * machine has no influence, so one machine always gets the same suggestion. Training has at least 1,200
 * steps, unless that takes more than 200 epochs.
 *
 * `given` NULL: nothing is given. A given network is kept, and the epochs fit it. Reads at most a thousand
 * images. Fails if the given network does not fit the images, or the given kernels are not available. */
dsc_status dsc_recipe_suggest(dsc_suggestion *suggestion, const dsc_dataset *data,
                              const dsc_suggest_given *given, dsc_error *error);

#endif
