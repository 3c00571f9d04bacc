/* SPDX-License-Identifier: MIT */
/* start_from.c: adapts a trained network to another question with few images.
 *
 *     cc start_from.c -o start_from $(pkg-config --cflags --libs descender)
 *
 * A network learns the ten digits. The new question is whether a digit has a hole (0, 6, 8, 9), with 60
 * images to learn from. The program compares a network that starts with random weights with one that
 * starts from the first network, freezes all of its values, and trains the last layer only. To start from
 * a file, use dsc_model_load. */
#include <descender.h>
#include <stdio.h>

enum { PIXELS = 28 * 28, FEW = 60, TEST = 1000 };
static const char network[] = "conv 8 5x5, relu, max-pool 2, flatten, dense 32, relu, dense";
static const char *const answers[] = {"no hole", "hole"};

/* Relabels the first `count` digits of `digits` with the two new classes. */
static dsc_status ask_for_holes(dsc_dataset **data, const dsc_dataset *digits, size_t count,
                                dsc_error *error) {
    uint8_t labels[TEST];
    for (size_t i = 0; i < count; i++) {
        const uint8_t digit = dsc_dataset_labels(digits)[i];
        labels[i] = digit == 0 || digit == 6 || digit == 8 || digit == 9;
    }
    dsc_dataset_options options = dsc_dataset_options_defaults();
    options.images = dsc_dataset_images(digits);
    options.labels = labels;
    options.count = count;
    options.classes = 2;
    options.class_names = answers;
    options.name = "holes";
    return dsc_dataset_create(data, &options, error);
}

static dsc_status train_and_test(const char *name, dsc_model *model, unsigned epochs, double rate,
                                 const dsc_dataset *data, const dsc_dataset *test, dsc_error *error) {
    dsc_training_options how = dsc_training_options_defaults();
    dsc_score score;
    how.epochs = epochs;
    how.batch = 20;
    how.learning_rate = rate;
    dsc_status status = dsc_train(model, data, &how, error);
    if (!status) status = dsc_evaluate(&score, model, test, error);
    if (!status) printf("%s: %.1f %% right\n", name, 100 * score.accuracy);
    return status;
}

int main(void) {
    dsc_error error = {DSC_OK, ""};
    dsc_dataset *digits = NULL, *others = NULL, *few = NULL, *test = NULL;
    dsc_model *first = NULL, *afresh = NULL, *adapted = NULL;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    how.classes = 2;
    how.class_names = answers;
    dsc_status status = dsc_digits_create(&digits, 4000, 1, 0, &error);
    if (!status) status = dsc_digits_create(&others, TEST, 2, 0, &error);
    if (!status) status = ask_for_holes(&few, digits, FEW, &error);
    if (!status) status = ask_for_holes(&test, others, TEST, &error);

    if (!status) status = dsc_model_create_for(&first, network, digits, &error);
    if (!status) status = train_and_test("the ten digits", first, 4, 0.002, digits, others, &error);

    if (!status) status = dsc_model_create_for(&afresh, network, few, &error);
    if (!status)
        status =
            train_and_test("holes, by a network that begins afresh", afresh, 60, 0.02, few, test, &error);

    if (!status) status = dsc_model_adapt(&adapted, first, &how, &error);
    if (!status) {
        dsc_graph *graph = dsc_model_graph(adapted);
        printf("frozen: %zu arrays\n",
               dsc_graph_freeze(graph, "conv*", true) + dsc_graph_freeze(graph, "dense1*", true));
        status =
            train_and_test("holes, by one that starts from the digits", adapted, 60, 0.02, few, test, &error);
    }
    if (status) (void)fprintf(stderr, "%s\n", error.message);
    dsc_model_free(first);
    dsc_model_free(afresh);
    dsc_model_free(adapted);
    dsc_dataset_free(digits);
    dsc_dataset_free(others);
    dsc_dataset_free(few);
    dsc_dataset_free(test);
    return status ? 1 : 0;
}
