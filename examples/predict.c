/* SPDX-License-Identifier: MIT */
/* predict.c: uses a trained model inside a program: loads it once and classifies images.
 *
 *   cc predict.c -o predict $(pkg-config --cflags --libs descender)
 *   ./predict model.safetensors          classifies some built-in digits
 *   ./predict                            the same with a small network that it trains first
 *  */
#include <descender.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS = 10 };

int main(int argc, char **argv) {
    dsc_error e;
    dsc_dataset *digits = NULL, *examples = NULL;
    dsc_model *model = NULL;
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;

    dsc_status status = dsc_digits_create(&digits, DIGITS, 7, 1, &e);
    if (!status && argc > 1) {
        status = dsc_model_load(&model, argv[1], &e);
    } else if (!status) {
        status = dsc_digits_create(&examples, 3000, 1, 0, &e);
        if (!status) status = dsc_model_create_for(&model, "784-100-10", examples, &e);
        if (!status) status = dsc_train(model, examples, &how, &e);
    }

    /* The predictor has its own copies and is immutable: threads may share it, each with its own
     * workspace. */
    if (!status) status = dsc_predictor_create(&predictor, model, NULL, &e);
    dsc_model_free(model);
    if (!status) status = dsc_workspace_create(&workspace, predictor, 1, &e);

    size_t classes = status ? 1 : dsc_predictor_classes(predictor);
    float *probabilities = malloc(DIGITS * classes * sizeof *probabilities);
    if (!probabilities) return 1;
    if (!status)
        status = dsc_predict(probabilities, predictor, workspace, dsc_dataset_images(digits), DIGITS, &e);

    for (size_t i = 0; !status && i < DIGITS; i++) {
        const float *p = probabilities + i * classes;
        size_t best = 0;
        for (size_t k = 1; k < classes; k++)
            if (p[k] > p[best]) best = k;
        printf("a %s, taken for a %s (%.1f %%)\n",
               dsc_dataset_class_name(digits, dsc_dataset_labels(digits)[i]),
               dsc_predictor_class_name(predictor, best), 100 * (double)p[best]);
    }
    if (status) fprintf(stderr, "predict: %s\n", e.message);
    free(probabilities);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_dataset_free(digits);
    dsc_dataset_free(examples);
    return status != DSC_OK;
}
