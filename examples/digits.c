/* SPDX-License-Identifier: MIT */
/* digits.c: trains a network on handwritten digits and prints its accuracy.
 *
 *     cc digits.c -o digits $(pkg-config --cflags --libs descender)
 *     ./digits            the built-in digits
 *     ./digits FOLDER     the four files of MNIST in FOLDER
 *  */
#include <descender.h>
#include <stdio.h>

static dsc_status open_data(dsc_dataset **train, dsc_dataset **test, const char *folder, dsc_error *e) {
    if (folder) return dsc_mnist_open(train, test, folder, e);
    dsc_status status = dsc_digits_create(train, 3000, 1, 0, e);
    return status ? status : dsc_digits_create(test, 1000, 2, 0, e);
}

int main(int argc, char **argv) {
    dsc_error e;
    dsc_dataset *train = NULL, *test = NULL;
    dsc_model *model = NULL;
    dsc_score score;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;
    if (open_data(&train, &test, argc > 1 ? argv[1] : NULL, &e) ||
        dsc_model_create_for(&model, "conv 32 3x3, relu, max-pool 2, flatten, dense", train, &e) ||
        dsc_train(model, train, &how, &e) || dsc_evaluate(&score, model, test, &e) ||
        dsc_model_save(model, "digits.safetensors", &e))
        return fprintf(stderr, "%s\n", e.message), 1;
    printf("test accuracy %.2f %%\n", 100 * score.accuracy);
    dsc_model_free(model);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return 0;
}
