/* SPDX-License-Identifier: MIT */
/* networks.h: the three networks used for timing training: some warm-up steps, then part of an epoch. */
#ifndef BENCH_NETWORKS_H
#define BENCH_NETWORKS_H

#include "contest.h"

#include "base/clock.h"
#include "train/trainer.h"

typedef struct network {
    const char *name, *recipe, *short_name;
    size_t images; /* a part of these is timed */
} network;

static const network nets[] = {
    {"784-100-10, batch 64, SGD",
     "{\"model\": \"784-100-10\", \"normalise\": \"unit\", \"optimiser\": \"sgd\", \"learning-rate\": 0.1, "
     "\"batch\": 64}",
     "small", 60000},
    {"784-512-512-10, batch 128, SGD",
     "{\"model\": \"784-512-512-10\", \"normalise\": \"unit\", \"optimiser\": \"sgd\", \"learning-rate\": "
     "0.1, \"batch\": 128}",
     "wide", 60000},
    {"32C3-64C3-pool-128-10, batch 64, Adam",
     "{\"model\": \"conv 32 3x3, relu, conv 64 3x3, relu, max-pool 2, dropout 0.25, flatten, dense 128, "
     "relu, "
     "dropout 0.5,"
     " dense\", \"normalise\": \"unit\", \"optimiser\": \"adam\", \"batch\": 64}",
     "cnn", 6400},
};

static int networks_fail(const dsc_error *error) {
    (void)fprintf(stderr, "\n%s\n", error->message);
    exit(1);
}

/* MNIST's training images if $DESCENDER_DATA or ./data has them, otherwise the built-in digits. */
static dsc_dataset *networks_data(void) {
    dsc_error error;
    dsc_dataset *data, *test = NULL;
    if (dsc_mnist_open(&data, &test, NULL, &error) && dsc_digits_create(&data, 60000, 1, 0, &error))
        (void)networks_fail(&error);
    dsc_dataset_free(test);
    return data;
}

/* Seconds for 60,000 images, scaled from those of `images`. `kernels` NULL: auto; `dense`: no pixel is zero.
 * All threads. */
static double networks_time(const network *n, const dsc_dataset *data, const char *kernels, bool bf16,
                            bool dense, size_t images) {
    dsc_error error;
    dsc_recipe recipe;
    dsc_trainer *trainer;
    if (dsc_recipe_initialise(&recipe, &error) ||
        dsc_recipe_from_json(&recipe, n->recipe, strlen(n->recipe), "recipe", &error))
        return networks_fail(&error);
    recipe.precision = bf16 ? DSC_PRECISION_BF16 : DSC_PRECISION_F32;
    recipe.epochs = 1000;
    if (kernels && !(recipe.kernels = strdup(kernels))) exit(1);
    if (dense) recipe.normalise = DSC_NORMALISE_STANDARD;
    if (dsc_trainer_create(&trainer, NULL, &recipe, data, 0, &error)) return networks_fail(&error);
    const size_t batch = (size_t)recipe.batch, steps = images / batch;
    double start = 0;
    for (size_t i = 0; i < steps + steps / 10 + 1; i++) {
        if (i == steps / 10 + 1) start = dsc_clock();
        if (dsc_trainer_epoch_is_done(trainer)) trainer->progress.position = 0, trainer->progress.epoch++;
        if (dsc_trainer_step(trainer, &error)) return networks_fail(&error);
    }
    const double seconds = dsc_clock() - start;
    dsc_trainer_free(trainer);
    dsc_recipe_clear(&recipe);
    return seconds * 60000 / (double)(steps * batch);
}

#endif
