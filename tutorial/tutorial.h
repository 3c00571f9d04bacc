/* SPDX-License-Identifier: MIT */
/* tutorial.h: NumPy's tutorial "Deep learning on MNIST", in C, step by step and with its names.
 *
 * To be read beside https://numpy.org/numpy-tutorials/tutorial-deep-learning-on-mnist/, in this order:
 *
 *   files.c        1. Load the MNIST dataset        four names, found, decompressed, split
 *   load.c            ... and looked at             shapes, image 59,999, five random images
 *   preprocess.c   2. Preprocess the data           division by 255, one-hot labels
 *   network.c      3. Build and train a network     relu, relu2deriv, weights_1 and weights_2
 *   train.c           ... the training loop, and the evaluation after each epoch
 *   report.c          ... the printed lines, and the errors of the tutorial
 *   run.c          holds these together
 *   fast.c, sweep.c   the same arithmetic, bit for bit, several times as fast; not needed to understand it
 *
 * Everything is in double precision, as in NumPy. Texts are appended to a dsc_text; nothing prints by itself.
 */
#ifndef TUTORIAL_H
#define TUTORIAL_H

#include "base/random.h"
#include "base/text.h"

#include <descender.h>

/* The tutorial's hyperparameters and seeds. As a parameter table: tutorial_parameters. */
typedef struct tutorial_options {
    int64_t training_sample; /* images to learn from, out of the 60,000 */
    int64_t test_sample;     /* images to test on, out of the 10,000 */
    int64_t epochs;
    double learning_rate;
    int64_t hidden_size;
    dsc_seed seed;        /* of the weights and of dropout */
    dsc_seed sample_seed; /* of the five random images */
    bool corrected;       /* the exact gradient, without the tutorial's slips */
    bool plain;           /* read MNIST as files.c does, and run the loop of train.c as it is written */
} tutorial_options;

/* Sets everything to the tutorial's values. */
void tutorial_options_initialise(tutorial_options *options);

/* The same fields for parsing, checking and help; offsets are into tutorial_options. */
extern const dsc_param tutorial_parameters[];

/* --- 1. Load the MNIST dataset: files.c --- */

enum { TUTORIAL_FILES = 4 };

typedef struct tutorial_file {
    const char *what; /* the tutorial's name: "training_images" */
    const char *name; /* of the file, as it is published */
    int which;        /* the same for dsc_mnist_find, which knows its other names, too */
} tutorial_file;

/* The list of the tutorial's first step, in its order. */
extern const tutorial_file tutorial_data_sources[TUTORIAL_FILES];

/* Reads MNIST's four files, compressed or not, that lie in `folder`. Release both with dsc_dataset_free; on
 * failure both are NULL. */
dsc_status tutorial_read_files(dsc_dataset **train, dsc_dataset **test, const char *folder, dsc_error *error);

/* --- ... and look at it: load.c --- */

enum { TUTORIAL_EXAMPLES = 5 };

/* The two lines "The shape of training images: (60000, 784) and training labels: (60000,)". */
void tutorial_print_shapes(dsc_text *text, const dsc_dataset *train, const dsc_dataset *test);

/* The image the tutorial looks at: 59,999, or the last one of a smaller set (which is not empty). */
size_t tutorial_image_index(const dsc_dataset *train);

/* The indices of the random images: rng.choice(60000, 5, replace=False), or fewer from a smaller set. */
dsc_status tutorial_choose_examples(int64_t indices[TUTORIAL_EXAMPLES], size_t *count,
                                    const tutorial_options *options, const dsc_dataset *train,
                                    dsc_error *error);

/* The label of that image, alone on a line: y_train[59999]. */
void tutorial_print_label(dsc_text *text, const dsc_dataset *train);

/* --- 2. Preprocess the data: preprocess.c --- */

/* x_train[0:sample] / 255: (sample, pixels_per_image); free() it. NULL if memory is short. */
double *tutorial_scale_images(const dsc_dataset *data, size_t sample);

/* one_hot_encoding(y_train[:sample]): (sample, num_labels); free() it. NULL if memory is short. */
double *tutorial_one_hot_encoding(const dsc_dataset *data, size_t sample);

/* The types before and after, the first three labels one-hot, and the originals. */
dsc_status tutorial_print_preprocessing(dsc_text *text, const dsc_dataset *train, dsc_error *error);

/* --- 3. Build and train a small neural network from scratch: network.c, train.c --- */

double tutorial_relu(double x);            /* (x >= 0) * x */
double tutorial_relu2deriv(double output); /* output >= 0 */

/* 0.2 * rng.random((rows, columns)) - 0.1 */
void tutorial_initial_weights(double *weights, size_t rows, size_t columns, dsc_rng *rng);

/* The result of training; the store_ arrays have `epochs` elements. Release with tutorial_result_clear. */
typedef struct tutorial_result {
    size_t training_sample, test_sample, pixels_per_image, hidden_size, num_labels;
    size_t epochs; /* completed so far */
    double *store_training_loss;
    size_t *store_training_accurate_pred;
    double *store_test_loss;
    size_t *store_test_accurate_pred;
    double *weights_1;       /* (pixels_per_image, hidden_size), valid at the end */
    double *weights_2;       /* (hidden_size, num_labels), valid at the end */
    double training_seconds; /* processor time in the training loop alone, all epochs */
} tutorial_result;

void tutorial_result_clear(tutorial_result *result);

/* Fails where the options ask for more images than there are, and where the sets do not belong together. */
dsc_status tutorial_check(const tutorial_options *options, const dsc_dataset *train, const dsc_dataset *test,
                          dsc_error *error);

/* Called after each epoch, result->epochs counting it. False ends the training (DSC_ERROR_STOPPED). */
typedef bool tutorial_on_epoch(void *user, const tutorial_result *result);

/* The training loop. `on_epoch` may be NULL. Fails if a sample asks for more images than there are, if the
 * two sets do not belong together, and with DSC_ERROR_DIVERGED if the error or a weight does not stay finite.
 * However it ends, `result` holds the epochs completed and is to be cleared. */
dsc_status tutorial_train(tutorial_result *result, const tutorial_options *options, const dsc_dataset *train,
                          const dsc_dataset *test, tutorial_on_epoch *on_epoch, void *user, dsc_error *error);

/* --- printed lines: report.c --- */

/* The five lines of epoch j: "Epoch: 0", "  Training set error: 0.898", ... */
void tutorial_print_epoch(dsc_text *text, const tutorial_result *result, size_t j);

/* The slips that were reproduced, or the note that they were corrected. */
void tutorial_print_slips(dsc_text *text, const tutorial_options *options);

#endif
