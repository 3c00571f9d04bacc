/* SPDX-License-Identifier: MIT */
/* preprocess.c: the tutorial's section 2, "Preprocess the data".
 *
 * Pixels are bytes from 0 to 255 and labels are numbers from 0 to 9. The network needs real numbers:
 * pixels are divided by 255, and a label becomes a row of zeros with a one at its index. */
#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "draw/numpy_print.h"
#include "tutorial.h"

#include <stdlib.h>

double *tutorial_scale_images(const dsc_dataset *data, size_t sample) {
    size_t pixels_per_image = data->image_size;
    size_t size;
    if (!dsc_multiply(&size, sample, pixels_per_image)) return NULL;
    double *images = dsc_allocate(size, sizeof *images);
    if (!images) return NULL;
    for (size_t i = 0; i < sample; i++) {
        const uint8_t *image = dsc_dataset_image(data, i);
        for (size_t p = 0; p < pixels_per_image; p++) images[i * pixels_per_image + p] = image[p] / 255.0;
    }
    return images;
}

double *tutorial_one_hot_encoding(const dsc_dataset *data, size_t sample) {
    size_t dimension = dsc_dataset_classes(data);
    size_t size;
    if (!dsc_multiply(&size, sample, dimension)) return NULL;
    double *one_hot_labels = dsc_allocate(size, sizeof *one_hot_labels); /* all zeros */
    if (!one_hot_labels) return NULL;
    for (size_t i = 0; i < sample; i++) one_hot_labels[i * dimension + dsc_dataset_label(data, i)] = 1.0;
    return one_hot_labels;
}

static void print_types(dsc_text *text, const char *what, const char *type) {
    dsc_text_append(text, "The data type of training %s: %s\n", what, type);
    dsc_text_append(text, "The data type of test %s: %s\n", what, type);
}

dsc_status tutorial_print_preprocessing(dsc_text *text, const dsc_dataset *train, dsc_error *error) {
    size_t shown = dsc_dataset_count(train), num_labels = dsc_dataset_classes(train);
    if (shown > 3) shown = 3;
    print_types(text, "images", "uint8");
    print_types(text, "images", "float64"); /* tutorial_scale_images */
    print_types(text, "labels", "uint8");
    print_types(text, "labels", "float64"); /* tutorial_one_hot_encoding */
    double *training_labels = tutorial_one_hot_encoding(train, shown);
    if (!training_labels) return dsc_fail_memory(error, shown * num_labels * sizeof(double), "three labels");
    for (size_t i = 0; i < shown; i++) {
        draw_numpy_print_vector(text, training_labels + i * num_labels, num_labels);
        dsc_text_append(text, "\n");
    }
    free(training_labels);
    /* ... and compare to the originals: */
    for (size_t i = 0; i < shown; i++) dsc_text_append(text, "%u\n", (unsigned)dsc_dataset_label(train, i));
    return text->failed ? dsc_fail_memory(error, text->length, "the printed text") : DSC_OK;
}
