/* SPDX-License-Identifier: MIT */
/* train.c: the tutorial's training loop and evaluation, written to be read.
 *
 * Stochastic gradient descent, one image at a time. With the error E = sum((label - layer_2)^2) the steps are
 *     weights += learning_rate * outer(layer before, delta of the layer behind)
 * where layer_2_delta = label - layer_2 is half of E's downward slope, and layer_1_delta is that propagated
 * back through weights_2, relu and dropout (Rumelhart, Hinton, Williams, "Learning representations by
 * back-propagating errors", 1986).
 *
 * This is what --plain runs. fast.c does the same additions in the same order and skips those of zeros. */
#include "base/error.h"
#include "base/memory.h"
#include "trainer.h"

#include <stdlib.h>
#include <string.h>

typedef struct plain {
    size_t training_sample, test_sample, pixels_per_image, hidden_size, num_labels;
    double learning_rate;
    bool corrected;
    double *training_images, *training_labels; /* (training_sample, pixels_per_image), (.., num_labels) */
    double *test_images, *test_labels;
    double *weights_1, *weights_2; /* (pixels_per_image, hidden_size), (hidden_size, num_labels) */
    double *layer_1, *layer_1_delta;
    double *layer_2, *layer_2_delta;
    int64_t *dropout_mask;
} plain;

/* np.dot(layer, weights): layer (rows), weights (rows, columns). */
static void dot(double *out, const double *layer, const double *weights, size_t rows, size_t columns) {
    for (size_t j = 0; j < columns; j++) out[j] = 0.0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) out[j] += layer[i] * weights[i * columns + j];
}

/* weights += learning_rate * np.outer(layer, delta). The rate goes to the shorter factor. */
static void update(double *weights, const double *layer, const double *delta, double learning_rate,
                   size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            weights[i * columns + j] += layer[i] * (learning_rate * delta[j]);
}

static double squared_error(const double *label, const double *layer_2, size_t num_labels) {
    double sum = 0.0;
    for (size_t k = 0; k < num_labels; k++) {
        double difference = label[k] - layer_2[k];
        sum += difference * difference;
    }
    return sum;
}

/* Forward propagation of one training image. */
static void forward(plain *net, const double *layer_0, dsc_rng *rng) {
    /* The hidden layer: weighted sums of the pixels, through relu. */
    dot(net->layer_1, layer_0, net->weights_1, net->pixels_per_image, net->hidden_size);
    for (size_t h = 0; h < net->hidden_size; h++) net->layer_1[h] = tutorial_relu(net->layer_1[h]);
    /* Dropout: each unit is switched off with probability 1/2; what remains is doubled. */
    dsc_rng_integers_i64(rng, net->dropout_mask, net->hidden_size, 0, 2);
    for (size_t h = 0; h < net->hidden_size; h++) net->layer_1[h] *= (double)(net->dropout_mask[h] * 2);
    /* The output layer: ten scores. */
    dot(net->layer_2, net->layer_1, net->weights_2, net->hidden_size, net->num_labels);
}

/* Backpropagation: the deltas of both layers, then the weights. */
static void backward(plain *net, const double *layer_0, const double *label) {
    for (size_t k = 0; k < net->num_labels; k++) net->layer_2_delta[k] = label[k] - net->layer_2[k];
    /* np.dot(weights_2, layer_2_delta) * relu2deriv(layer_1) * dropout_mask */
    for (size_t h = 0; h < net->hidden_size; h++) {
        double sum = 0.0;
        for (size_t k = 0; k < net->num_labels; k++)
            sum += net->weights_2[h * net->num_labels + k] * net->layer_2_delta[k];
        double mask = (double)net->dropout_mask[h];
        if (net->corrected)
            net->layer_1_delta[h] = sum * ((net->layer_1[h] > 0) * mask * 2);
        else
            net->layer_1_delta[h] = sum * (tutorial_relu2deriv(net->layer_1[h]) * mask);
    }
    update(net->weights_1, layer_0, net->layer_1_delta, net->learning_rate, net->pixels_per_image,
           net->hidden_size);
    update(net->weights_2, net->layer_1, net->layer_2_delta, net->learning_rate, net->hidden_size,
           net->num_labels);
}

/* For all images in the training set, forward and back, adjusting the weights. */
static void train_epoch(void *state, dsc_rng *rng, double *training_loss, size_t *accurate_predictions) {
    plain *net = state;
    *training_loss = 0.0;
    *accurate_predictions = 0;
    for (size_t i = 0; i < net->training_sample; i++) {
        const double *layer_0 = net->training_images + i * net->pixels_per_image;
        const double *label = net->training_labels + i * net->num_labels;
        forward(net, layer_0, rng);
        *training_loss += squared_error(label, net->layer_2, net->num_labels);
        *accurate_predictions +=
            tutorial_argmax(net->layer_2, net->num_labels) == tutorial_argmax(label, net->num_labels);
        backward(net, layer_0, label);
    }
}

/* results = relu(test_images @ weights_1) @ weights_2: no dropout, and nothing learned. */
static void evaluate(void *state, double *test_loss, size_t *accurate_predictions) {
    plain *net = state;
    *test_loss = 0.0;
    *accurate_predictions = 0;
    for (size_t i = 0; i < net->test_sample; i++) {
        const double *layer_0 = net->test_images + i * net->pixels_per_image;
        const double *label = net->test_labels + i * net->num_labels;
        dot(net->layer_1, layer_0, net->weights_1, net->pixels_per_image, net->hidden_size);
        for (size_t h = 0; h < net->hidden_size; h++) net->layer_1[h] = tutorial_relu(net->layer_1[h]);
        dot(net->layer_2, net->layer_1, net->weights_2, net->hidden_size, net->num_labels);
        *test_loss += squared_error(label, net->layer_2, net->num_labels);
        *accurate_predictions +=
            tutorial_argmax(net->layer_2, net->num_labels) == tutorial_argmax(label, net->num_labels);
    }
}

static void copy_weights(double *weights_1, double *weights_2, const void *state) {
    const plain *net = state;
    memcpy(weights_1, net->weights_1, net->pixels_per_image * net->hidden_size * sizeof(double));
    memcpy(weights_2, net->weights_2, net->hidden_size * net->num_labels * sizeof(double));
}

static void free_plain(void *state) {
    plain *net = state;
    if (!net) return;
    free(net->training_images);
    free(net->training_labels);
    free(net->test_images);
    free(net->test_labels);
    free(net->weights_1);
    free(net->weights_2);
    free(net->layer_1);
    free(net->layer_1_delta);
    free(net->layer_2);
    free(net->layer_2_delta);
    free(net->dropout_mask);
    free(net);
}

static bool allocate(plain *net, const dsc_dataset *train, const dsc_dataset *test) {
    net->training_images = tutorial_scale_images(train, net->training_sample);
    net->training_labels = tutorial_one_hot_encoding(train, net->training_sample);
    net->test_images = tutorial_scale_images(test, net->test_sample);
    net->test_labels = tutorial_one_hot_encoding(test, net->test_sample);
    net->weights_1 = dsc_allocate(net->pixels_per_image * net->hidden_size, sizeof(double));
    net->weights_2 = dsc_allocate(net->hidden_size * net->num_labels, sizeof(double));
    net->layer_1 = dsc_allocate(net->hidden_size, sizeof(double));
    net->layer_1_delta = dsc_allocate(net->hidden_size, sizeof(double));
    net->layer_2 = dsc_allocate(net->num_labels, sizeof(double));
    net->layer_2_delta = dsc_allocate(net->num_labels, sizeof(double));
    net->dropout_mask = dsc_allocate(net->hidden_size, sizeof(int64_t));
    return net->training_images && net->training_labels && net->test_images && net->test_labels &&
           net->weights_1 && net->weights_2 && net->layer_1 && net->layer_1_delta && net->layer_2 &&
           net->layer_2_delta && net->dropout_mask;
}

static dsc_status create(void **state, const tutorial_options *options, const tutorial_result *sizes,
                         const dsc_dataset *train, const dsc_dataset *test, dsc_error *error) {
    *state = NULL;
    plain *net = dsc_allocate(1, sizeof *net);
    if (!net) return dsc_fail_memory(error, sizeof *net, "the network");
    *net = (plain){.training_sample = sizes->training_sample,
                   .test_sample = sizes->test_sample,
                   .pixels_per_image = sizes->pixels_per_image,
                   .hidden_size = sizes->hidden_size,
                   .num_labels = sizes->num_labels,
                   .learning_rate = options->learning_rate,
                   .corrected = options->corrected};
    if (!allocate(net, train, test)) {
        size_t images = (net->training_sample + net->test_sample) * net->pixels_per_image * sizeof(double);
        free_plain(net);
        return dsc_fail_memory(error, images, "images as doubles and the network");
    }
    memcpy(net->weights_1, sizes->weights_1, net->pixels_per_image * net->hidden_size * sizeof(double));
    memcpy(net->weights_2, sizes->weights_2, net->hidden_size * net->num_labels * sizeof(double));
    *state = net;
    return DSC_OK;
}

const tutorial_trainer tutorial_plain_trainer = {create, train_epoch, evaluate, copy_weights, free_plain};
