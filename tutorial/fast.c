/* SPDX-License-Identifier: MIT */
/* fast.c: the training loop of train.c, several times as fast, with the same bits.
 *
 * Three things make the difference:
 *   - Four fifths of the pixels are 0. Their rows of weights_1 contribute nothing and are not changed, so
 *     each image comes as a list of the rows that matter. Adding 0 * w changes no bit of a finite sum.
 *   - A row that changes for image i is often needed for image i + 1. The two are done together, so the list
 *     holds the rows of both, and each travels once through the cache (sweep.c). That is possible because
 *     image i + 1 needs nothing from image i but the weights.
 *   - Hidden units that are dropped, or cut off by relu, take no part in the second layer.
 * weights_2 is small and is kept twice, by rows and by columns, so that both products run along vectors. */
#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "sweep.h"
#include "trainer.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 128,   /* test images evaluated together */
    CACHED = 40000 /* bytes of weights_1 they go over together */
};

/* Lists of rows, one after the other: list i is rows[start[i]] .. rows[start[i + 1]]. */
typedef struct touches {
    tutorial_touch *rows;
    size_t *start, count;
} touches;

typedef struct fast {
    const tutorial_kernels *kernels;
    size_t pixels_per_image, hidden_size, num_labels;
    size_t stride, label_stride; /* hidden_size and num_labels, padded */
    double learning_rate;
    bool corrected;
    const dsc_dataset *train, *test;
    double value[256]; /* of a byte: byte / 255 */
    touches training;  /* list i: the rows of images i - 1 and i; the last list: of the last image */
    touches testing;   /* list i: the rows of image i, as `next` */
    double *weights_1; /* (pixels_per_image, stride) */
    double *weights_2; /* (hidden_size, label_stride) */
    double *columns_2; /* (num_labels, stride): weights_2 transposed */
    double *layer_1, *factor, *step_1;        /* (stride) */
    double *layer_2, *layer_2_delta, *step_2; /* (label_stride) */
    double *test_layer_1;                     /* (BATCH, stride) */
    int64_t *dropout_mask;                    /* (hidden_size) */
    uint32_t *active, *labels;                /* hidden units that take part; 0, 1, .. num_labels - 1 */
} fast;

/* --- the lists of rows --- */

static size_t merge(tutorial_touch *rows, const uint8_t *now, const uint8_t *next, size_t pixels) {
    size_t count = 0;
    for (size_t p = 0; p < pixels; p++) {
        rows[count] = (tutorial_touch){.row = (uint32_t)p, .now = now[p], .next = next[p]};
        count += (now[p] | next[p]) != 0;
    }
    return count;
}

/* Joined lists pair each image with the one before it, and need one more list for the last. */
static bool list_rows(touches *lists, const dsc_dataset *data, size_t sample, bool joined) {
    size_t pixels = data->image_size, capacity = 0, used = 0;
    uint8_t *blank = dsc_allocate(pixels, 1);
    lists->count = sample + joined;
    lists->start = dsc_allocate(lists->count + 1, sizeof *lists->start);
    bool good = blank && lists->start;
    for (size_t i = 0; good && i < lists->count; i++) {
        good = dsc_grow(&lists->rows, &capacity, used + pixels, sizeof *lists->rows);
        if (!good) break;
        used += merge(lists->rows + used, joined && i ? dsc_dataset_image(data, i - 1) : blank,
                      i < sample ? dsc_dataset_image(data, i) : blank, pixels);
        lists->start[i + 1] = used;
    }
    free(blank);
    return good;
}

static void sweep(fast *net, const touches *lists, size_t i) {
    net->kernels->sweep(net->layer_1, net->weights_1, net->step_1, lists->rows + lists->start[i],
                        lists->start[i + 1] - lists->start[i], net->value, net->stride);
}

/* --- one image --- */

/* tutorial_relu, in a form that compilers vectorise: both give x * 0 if x >= 0 is false. */
static inline double relu(double x) { return x >= 0 ? x : 0.0 * x; }

/* Lists the units whose output is nonzero, NaN included; returns their number. Without branches: half of
 * the units are dropped at random, which no processor predicts. */
static size_t list_active(fast *net) {
    size_t active = 0;
    for (size_t h = 0; h < net->hidden_size; h++) {
        uint64_t bits;
        memcpy(&bits, &net->layer_1[h], sizeof bits);
        net->active[active] = (uint32_t)h;
        active += (bits << 1) != 0; /* all but the sign */
    }
    return active;
}

/* Relu and dropout on the sums in layer_1, and for each unit the factor of its part of the gradient. */
static size_t activate(fast *net, dsc_rng *rng) {
    double *restrict layer_1 = net->layer_1, *restrict factor = net->factor;
    dsc_rng_integers_i64(rng, net->dropout_mask, net->hidden_size, 0, 2);
    for (size_t h = 0; h < net->hidden_size; h++) factor[h] = (double)net->dropout_mask[h];
    for (size_t h = 0; h < net->hidden_size; h++) layer_1[h] = relu(layer_1[h]) * (factor[h] * 2);
    if (net->corrected)
        for (size_t h = 0; h < net->hidden_size; h++) factor[h] = layer_1[h] > 0 ? factor[h] * 2 : 0.0;
    return list_active(net);
}

/* layer_2 and layer_2_delta from the active units, and the sum of squares. */
static double output(fast *net, size_t active, size_t label) {
    net->kernels->combine(net->layer_2, net->layer_1, net->weights_2, net->active, active, net->label_stride);
    double sum = 0.0;
    for (size_t k = 0; k < net->num_labels; k++) {
        double difference = (k == label) - net->layer_2[k];
        net->layer_2_delta[k] = difference;
        sum += difference * difference;
    }
    return sum;
}

/* The steps of both layers; weights_2 is updated at once, weights_1 in the next sweep. */
static void backward(fast *net, size_t active) {
    net->kernels->combine(net->step_1, net->layer_2_delta, net->columns_2, net->labels, net->num_labels,
                          net->stride);
    for (size_t h = 0; h < net->stride; h++)
        net->step_1[h] = net->learning_rate * (net->step_1[h] * net->factor[h]);
    for (size_t k = 0; k < net->num_labels; k++) net->step_2[k] = net->learning_rate * net->layer_2_delta[k];
    net->kernels->update(net->weights_2, net->layer_1, net->step_2, net->active, active, net->label_stride);
    net->kernels->update(net->columns_2, net->step_2, net->layer_1, net->labels, net->num_labels,
                         net->stride);
}

static void train_epoch(void *state, dsc_rng *rng, double *training_loss, size_t *accurate_predictions) {
    fast *net = state;
    size_t sample = net->training.count - 1;
    *training_loss = 0.0;
    *accurate_predictions = 0;
    memset(net->step_1, 0, net->stride * sizeof(double));
    for (size_t i = 0; i < sample; i++) {
        sweep(net, &net->training, i);
        size_t active = activate(net, rng), label = dsc_dataset_label(net->train, i);
        *training_loss += output(net, active, label);
        *accurate_predictions += tutorial_argmax(net->layer_2, net->num_labels) == label;
        backward(net, active);
    }
    sweep(net, &net->training, sample); /* the last image's step */
}

/* test_images @ weights_1 for images first .. first + count: a few rows of weights_1 at a time, which stay in
 * the nearest cache while all the images use them. Each sum still runs over the rows in their order. */
static void test_sums(fast *net, size_t first, size_t count) {
    const touches *lists = &net->testing;
    size_t done[BATCH], rows_at_once = CACHED / (net->stride * sizeof(double)) + 1;
    memset(net->test_layer_1, 0, count * net->stride * sizeof(double));
    for (size_t i = 0; i < count; i++) done[i] = lists->start[first + i];
    for (size_t end = rows_at_once; end < net->pixels_per_image + rows_at_once; end += rows_at_once)
        for (size_t i = 0; i < count; i++) {
            size_t from = done[i];
            while (done[i] < lists->start[first + i + 1] && lists->rows[done[i]].row < end) done[i]++;
            net->kernels->gather(net->test_layer_1 + i * net->stride, net->weights_1, lists->rows + from,
                                 done[i] - from, net->value, net->stride);
        }
}

static void evaluate(void *state, double *test_loss, size_t *accurate_predictions) {
    fast *net = state;
    *test_loss = 0.0;
    *accurate_predictions = 0;
    for (size_t i = 0; i < net->testing.count; i++) {
        size_t label = dsc_dataset_label(net->test, i), left = net->testing.count - i;
        if (i % BATCH == 0) test_sums(net, i, left < BATCH ? left : BATCH);
        const double *sums = net->test_layer_1 + i % BATCH * net->stride;
        for (size_t h = 0; h < net->hidden_size; h++) net->layer_1[h] = relu(sums[h]);
        *test_loss += output(net, list_active(net), label);
        *accurate_predictions += tutorial_argmax(net->layer_2, net->num_labels) == label;
    }
}

/* --- memory --- */

static void copy_weights(double *weights_1, double *weights_2, const void *state) {
    const fast *net = state;
    for (size_t p = 0; p < net->pixels_per_image; p++)
        memcpy(weights_1 + p * net->hidden_size, net->weights_1 + p * net->stride,
               net->hidden_size * sizeof(double));
    for (size_t h = 0; h < net->hidden_size; h++)
        memcpy(weights_2 + h * net->num_labels, net->weights_2 + h * net->label_stride,
               net->num_labels * sizeof(double));
}

static void set_weights(fast *net, const double *weights_1, const double *weights_2) {
    for (size_t p = 0; p < net->pixels_per_image; p++)
        memcpy(net->weights_1 + p * net->stride, weights_1 + p * net->hidden_size,
               net->hidden_size * sizeof(double));
    for (size_t h = 0; h < net->hidden_size; h++)
        for (size_t k = 0; k < net->num_labels; k++)
            net->weights_2[h * net->label_stride + k] = net->columns_2[k * net->stride + h] =
                weights_2[h * net->num_labels + k];
}

static void free_fast(void *state) {
    fast *net = state;
    if (!net) return;
    free(net->training.rows);
    free(net->training.start);
    free(net->testing.rows);
    free(net->testing.start);
    free(net->weights_1);
    free(net->weights_2);
    free(net->columns_2);
    free(net->layer_1);
    free(net->factor);
    free(net->step_1);
    free(net->layer_2);
    free(net->layer_2_delta);
    free(net->step_2);
    free(net->test_layer_1);
    free(net->dropout_mask);
    free(net->active);
    free(net->labels);
    free(net);
}

/* Zeroed and aligned. */
static double *matrix(size_t rows, size_t columns) {
    size_t count;
    if (!dsc_multiply(&count, rows, columns)) return NULL;
    double *values = dsc_allocate_aligned(count, sizeof *values);
    if (values) memset(values, 0, count * sizeof *values);
    return values;
}

static bool allocate(fast *net, const tutorial_result *sizes) {
    net->weights_1 = matrix(net->pixels_per_image, net->stride);
    net->weights_2 = matrix(net->hidden_size, net->label_stride);
    net->columns_2 = matrix(net->num_labels, net->stride);
    net->layer_1 = matrix(1, net->stride);
    net->factor = matrix(1, net->stride);
    net->step_1 = matrix(1, net->stride);
    net->layer_2 = matrix(1, net->label_stride);
    net->layer_2_delta = matrix(1, net->label_stride);
    net->step_2 = matrix(1, net->label_stride);
    net->test_layer_1 = matrix(BATCH, net->stride);
    net->dropout_mask = dsc_allocate(net->hidden_size, sizeof *net->dropout_mask);
    net->active = dsc_allocate(net->hidden_size, sizeof *net->active);
    net->labels = dsc_allocate(net->num_labels, sizeof *net->labels);
    return net->weights_1 && net->weights_2 && net->columns_2 && net->layer_1 && net->factor && net->step_1 &&
           net->layer_2 && net->layer_2_delta && net->step_2 && net->test_layer_1 && net->dropout_mask &&
           net->active && net->labels &&
           list_rows(&net->training, net->train, sizes->training_sample, true) &&
           list_rows(&net->testing, net->test, sizes->test_sample, false);
}

static size_t padded(size_t count) { return (count + TUTORIAL_LANES - 1) / TUTORIAL_LANES * TUTORIAL_LANES; }

static dsc_status create(void **state, const tutorial_options *options, const tutorial_result *sizes,
                         const dsc_dataset *train, const dsc_dataset *test, dsc_error *error) {
    *state = NULL;
    fast *net = dsc_allocate(1, sizeof *net);
    if (!net) return dsc_fail_memory(error, sizeof *net, "the network");
    *net = (fast){.kernels = tutorial_kernels_best(),
                  .pixels_per_image = sizes->pixels_per_image,
                  .hidden_size = sizes->hidden_size,
                  .num_labels = sizes->num_labels,
                  .stride = padded(sizes->hidden_size),
                  .label_stride = padded(sizes->num_labels),
                  .learning_rate = options->learning_rate,
                  .corrected = options->corrected,
                  .train = train,
                  .test = test};
    if (!allocate(net, sizes)) {
        free_fast(net);
        return dsc_fail_memory(error, (sizes->training_sample + sizes->test_sample) * sizes->pixels_per_image,
                               "the images' lists of pixels and the network");
    }
    for (int byte = 0; byte < 256; byte++) net->value[byte] = byte / 255.0;
    for (size_t k = 0; k < net->num_labels; k++) net->labels[k] = (uint32_t)k;
    set_weights(net, sizes->weights_1, sizes->weights_2);
    *state = net;
    return DSC_OK;
}

const tutorial_trainer tutorial_fast_trainer = {create, train_epoch, evaluate, copy_weights, free_fast};
