/* SPDX-License-Identifier: MIT */
/* The engine and the tutorial compute the same: without bias and dropout, one sample at a time, with
 * summed squared error and half the tutorial's rate (its step is half the gradient), the engine in double
 * follows the tutorial's exact gradient (tutorial/train.c, --corrected) for an epoch to 1e-9. */
#include "testing.h"

#include "train/trainer.h"

#include <math.h>

enum { SAMPLES = 1000, PIXELS = 784, HIDDEN = 100, LABELS = 10 };
static const double LEARNING_RATE = 0.005;

/* The tutorial's loop with its names, without dropout. weights_1 (PIXELS, HIDDEN), weights_2 (HIDDEN,
 * LABELS). */
static void one_epoch_of_the_tutorial(double *weights_1, double *weights_2, const dsc_dataset *data) {
    for (size_t i = 0; i < SAMPLES; i++) {
        double layer_0[PIXELS], layer_1[HIDDEN] = {0}, layer_2[LABELS] = {0}, layer_1_delta[HIDDEN],
                                layer_2_delta[LABELS];
        for (size_t p = 0; p < PIXELS; p++) layer_0[p] = dsc_dataset_image(data, i)[p] / 255.0;
        for (size_t p = 0; p < PIXELS; p++)
            for (size_t h = 0; h < HIDDEN; h++) layer_1[h] += layer_0[p] * weights_1[p * HIDDEN + h];
        for (size_t h = 0; h < HIDDEN; h++) layer_1[h] = layer_1[h] > 0 ? layer_1[h] : 0;
        for (size_t h = 0; h < HIDDEN; h++)
            for (size_t k = 0; k < LABELS; k++) layer_2[k] += layer_1[h] * weights_2[h * LABELS + k];
        for (size_t k = 0; k < LABELS; k++) layer_2_delta[k] = (dsc_dataset_label(data, i) == k) - layer_2[k];
        for (size_t h = 0; h < HIDDEN; h++) {
            layer_1_delta[h] = 0;
            for (size_t k = 0; k < LABELS; k++)
                layer_1_delta[h] += weights_2[h * LABELS + k] * layer_2_delta[k];
            layer_1_delta[h] *= layer_1[h] > 0;
        }
        for (size_t p = 0; p < PIXELS; p++)
            for (size_t h = 0; h < HIDDEN; h++)
                weights_1[p * HIDDEN + h] += LEARNING_RATE * layer_0[p] * layer_1_delta[h];
        for (size_t h = 0; h < HIDDEN; h++)
            for (size_t k = 0; k < LABELS; k++)
                weights_2[h * LABELS + k] += LEARNING_RATE * layer_1[h] * layer_2_delta[k];
    }
}

static const dsc_node *parameter(const dsc_model *model, const char *name) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->name && !strcmp(node->name, name)) return node;
    }
    fail_msg("no parameter %s", name);
    return NULL;
}

static void copy_transposed(double *out, const dsc_real *in, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) out[c * rows + r] = in[r * columns + c];
}

static double largest_difference(const double *a, const double *b, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

static void the_engine_follows_the_corrected_tutorial(void **state) {
    (void)state;
    static double expected_1[PIXELS * HIDDEN], expected_2[HIDDEN * LABELS], found_1[PIXELS * HIDDEN],
        found_2[HIDDEN * LABELS];
    dsc_error error;
    dsc_dataset *data;
    dsc_recipe recipe;
    dsc_model *model;
    dsc_trainer *trainer;
    static const char json[] =
        "{\"model\": \"flatten, dense 100 bias=off init=tutorial, relu, dense "
        "bias=off init=tutorial\", \"epochs\": 1,"
        " \"loss\": \"squared-error over=sum\", \"optimiser\": \"sgd\", \"learning-rate\": "
        "0.0025, \"batch\": 1, \"lanes\": 1,"
        " \"shuffle\": false}";
    ASSERT_OK(dsc_digits_create(&data, SAMPLES, 1, 1, &error), error);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    dsc_model_options options = dsc_model_options_defaults();
    options.text = recipe.model;
    options.loss = recipe.loss;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    const dsc_real *first = model->values + parameter(model, "dense1.weight")->offset;
    const dsc_real *second = model->values + parameter(model, "dense2.weight")->offset;
    copy_transposed(expected_1, first, HIDDEN, PIXELS);
    copy_transposed(expected_2, second, LABELS, HIDDEN);
    one_epoch_of_the_tutorial(expected_1, expected_2, data);

    ASSERT_OK(dsc_trainer_create(&trainer, model, &recipe, data, 1, &error), error);
    ASSERT_OK(dsc_trainer_run(trainer, NULL, NULL, &error), error);
    copy_transposed(found_1, first, HIDDEN, PIXELS);
    copy_transposed(found_2, second, LABELS, HIDDEN);
    double difference = fmax(largest_difference(found_1, expected_1, PIXELS * HIDDEN),
                             largest_difference(found_2, expected_2, HIDDEN * LABELS));
    if (!(difference <= 1e-9)) fail_msg("the weights differ by up to %.3g", difference);
    dsc_trainer_free(trainer);
    dsc_model_free(model);
    dsc_recipe_clear(&recipe);
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_engine_follows_the_corrected_tutorial)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
