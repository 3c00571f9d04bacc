/* SPDX-License-Identifier: MIT */
/* load.c: the tutorial's section 1, "Load the MNIST dataset", from its fifth step: inspecting the data.
 *
 * x_train, y_train, x_test and y_test are the images and labels of two datasets (files.c). */
#include "base/seed.h"
#include "data/dataset.h"
#include "tutorial.h"

static size_t pixels_per_image(const dsc_dataset *data) {
    size_t shape[3]; /* channels, height, width; 1 x 28 x 28 for MNIST */
    dsc_dataset_shape(data, shape);
    return shape[0] * shape[1] * shape[2];
}

/* 5. Confirm the shapes: the images are rows of 784 pixels, 28 x 28 laid end to end. */
void tutorial_print_shapes(dsc_text *text, const dsc_dataset *train, const dsc_dataset *test) {
    dsc_text_append(text, "The shape of training images: (%zu, %zu) and training labels: (%zu,)\n",
                    dsc_dataset_count(train), pixels_per_image(train), dsc_dataset_count(train));
    dsc_text_append(text, "The shape of test images: (%zu, %zu) and test labels: (%zu,)\n",
                    dsc_dataset_count(test), pixels_per_image(test), dsc_dataset_count(test));
}

/* 6. Inspect some images: the 60,000th, and five random ones. */
size_t tutorial_image_index(const dsc_dataset *train) {
    size_t count = dsc_dataset_count(train);
    return count > 59999 ? 59999 : count - 1;
}

dsc_status tutorial_choose_examples(int64_t indices[TUTORIAL_EXAMPLES], size_t *count,
                                    const tutorial_options *options, const dsc_dataset *train,
                                    dsc_error *error) {
    size_t available = dsc_dataset_count(train);
    *count = available < TUTORIAL_EXAMPLES ? available : TUTORIAL_EXAMPLES;
    dsc_rng rng;
    dsc_rng_seed_with(&rng, &options->sample_seed);
    return dsc_rng_choice(&rng, indices, *count, (int64_t)available, error);
}

void tutorial_print_label(dsc_text *text, const dsc_dataset *train) {
    dsc_text_append(text, "%u\n", (unsigned)dsc_dataset_label(train, tutorial_image_index(train)));
}
