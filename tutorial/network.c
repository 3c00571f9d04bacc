/* SPDX-License-Identifier: MIT */
/* network.c: the tutorial's section 3, "Build and train a small neural network from scratch": its parts.
 *
 *     layer_0 (784)  --weights_1-->  layer_1 (100), relu, dropout  --weights_2-->  layer_2 (10)
 */
#include "base/seed.h"
#include "trainer.h"
#include "tutorial.h"

#include <stddef.h>

/* 2. The activation of the hidden layer: the input if it is positive, and 0 otherwise. Multiplying by a
 * comparison, as the tutorial does, keeps a NaN a NaN. */
double tutorial_relu(double x) { return (x >= 0) * x; }

/* Its derivative, as the tutorial has it: of the layer's output, which after relu is never negative. So this
 * is always 1, also for units that were cut off. With --corrected the comparison is > instead. */
double tutorial_relu2deriv(double output) { return output >= 0; }

/* 3. The hyperparameters. */
#define OPTION(field, kind, name, initial, least, most, help)                                                \
    { name, kind, offsetof(tutorial_options, field), initial, least, most, NULL, help }

const dsc_param tutorial_parameters[] = {
    OPTION(training_sample, DSC_PARAM_INT, "training-sample", "1000", 1, 1e9, "images to learn from"),
    OPTION(test_sample, DSC_PARAM_INT, "test-sample", "1000", 1, 1e9, "images to test on after each epoch"),
    OPTION(epochs, DSC_PARAM_INT, "epochs", "20", 1, 1e6, "number of passes over the training images"),
    OPTION(learning_rate, DSC_PARAM_REAL, "learning-rate", "0.005", 0, 1e6, "learning rate"),
    OPTION(hidden_size, DSC_PARAM_INT, "hidden-size", "100", 1, 1e6, "units in the hidden layer"),
    OPTION(seed, DSC_PARAM_SEED, "seed", "884736743", 0, 0, "seed of the weights and of dropout"),
    OPTION(sample_seed, DSC_PARAM_SEED, "sample-seed", "147197952744", 0, 0, "seed of the five images shown"),
    OPTION(corrected, DSC_PARAM_SWITCH, "corrected", "off", 0, 0,
           "use the exact gradient, without the tutorial's slips"),
    OPTION(plain, DSC_PARAM_SWITCH, "plain", "off", 0, 0,
           "read MNIST as tutorial/files.c does, and run the loop of tutorial/train.c: slower, same numbers"),
    {0},
};

void tutorial_options_initialise(tutorial_options *options) {
    *options = (tutorial_options){.training_sample = 1000,
                                  .test_sample = 1000,
                                  .epochs = 20,
                                  .learning_rate = 0.005,
                                  .hidden_size = 100,
                                  .seed = dsc_seed_of(884736743),
                                  .sample_seed = dsc_seed_of(147197952744)};
}

/* 4. Random weights between -0.1 and 0.1. */
void tutorial_initial_weights(double *weights, size_t rows, size_t columns, dsc_rng *rng) {
    for (size_t i = 0; i < rows * columns; i++) weights[i] = 0.2 * dsc_rng_random(rng) - 0.1;
}

size_t tutorial_argmax(const double *values, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (values[i] > values[best]) best = i;
    return best;
}
