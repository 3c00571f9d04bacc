/* SPDX-License-Identifier: MIT */
/* made_up.h: data for the tests of the tutorial. */
#ifndef TESTS_TUTORIAL_MADE_UP_H
#define TESTS_TUTORIAL_MADE_UP_H

#include "testing.h"
#include "tutorial.h"

static const size_t square[3] = {1, 28, 28};

/* Images of which three quarters are zero, with a pattern for each label, so that they can be learned. */
static inline dsc_dataset *made_up(size_t count, const size_t shape[3], size_t classes, uint64_t seed) {
    size_t size = shape[0] * shape[1] * shape[2];
    uint8_t *images = malloc(count * size), *labels = malloc(count);
    dsc_rng rng;
    dsc_error error;
    dsc_dataset *data;
    dsc_rng_seed(&rng, seed);
    for (size_t i = 0; i < count; i++) {
        labels[i] = (uint8_t)(i < classes ? i : dsc_rng_up_to(&rng, classes - 1));
        for (size_t p = 0; p < size; p++) {
            bool inked = (p * 2654435761u >> 7) % classes == labels[i] || dsc_rng_up_to(&rng, 4) == 0;
            images[i * size + p] = inked ? (uint8_t)dsc_rng_up_to(&rng, 255) : 0;
        }
    }
    ASSERT_OK(testing_dataset(&data, images, labels, count, shape, classes, NULL, "made up", &error), error);
    free(images);
    free(labels);
    return data;
}

static inline void open_mnist(dsc_dataset **train, dsc_dataset **test) {
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(train, test, testing_mnist(), &error), error);
}

#define NEED_MNIST()                                                                                         \
    do {                                                                                                     \
        if (!testing_mnist()) TEST_SKIP("needs MNIST; set DESCENDER_DATA to the folder of its four files");  \
    } while (0)

/* A short run. */
static inline tutorial_options small(void) {
    tutorial_options options;
    tutorial_options_initialise(&options);
    options.training_sample = 60;
    options.test_sample = 40;
    options.epochs = 2;
    return options;
}

#endif
