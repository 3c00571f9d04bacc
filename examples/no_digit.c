/* SPDX-License-Identifier: MIT */
/* no_digit.c: compares the confidence of a network on digits and on images without a digit: letters,
 * signs, scribbles, joined digits. The network was trained on ten classes only, so it answers one of ten
 * for any image.
 *
 *     cc no_digit.c -o no_digit $(pkg-config --cflags --libs descender)
 *     ./no_digit
 *  */
#include <descender.h>
#include <stdio.h>

enum { COUNT = 250, CLASSES = 10 };

/* Returns the number of images whose most likely class has a probability of at least 0.9. */
static dsc_status count_sure(int *sure, const dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    static float probabilities[COUNT * CLASSES];
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_status status = dsc_predictor_create(&predictor, model, NULL, error);
    if (!status) status = dsc_workspace_create(&workspace, predictor, COUNT, error);
    if (!status)
        status = dsc_predict(probabilities, predictor, workspace, dsc_dataset_images(data), COUNT, error);
    *sure = 0;
    for (int i = 0; !status && i < COUNT * CLASSES; i++) *sure += probabilities[i] >= 0.9f;
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return status;
}

int main(void) {
    dsc_error error;
    dsc_dataset *train = NULL, *digits = NULL, *world = NULL, *others = NULL;
    dsc_model *model = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    int of_digits = 0, of_world = 0, of_others = 0;
    how.epochs = 8;
    dsc_status status = dsc_digits_create(&train, 3000, 1, 0, &error);
    if (!status) status = dsc_digits_create(&digits, COUNT, 2, 0, &error);
    if (!status) status = dsc_dataset_draw(&world, "digits hands=world", COUNT, 2, 0, &error);
    if (!status) status = dsc_non_digits_create(&others, COUNT, 2, 0, &error);
    if (!status) status = dsc_model_create_for(&model, "784-100-10", train, &error);
    if (!status) status = dsc_train(model, train, &how, &error);
    if (!status) status = count_sure(&of_digits, model, digits, &error);
    if (!status) status = count_sure(&of_world, model, world, &error);
    if (!status) status = count_sure(&of_others, model, others, &error);
    if (status)
        fprintf(stderr, "no_digit: %s\n", error.message);
    else
        printf("of %d images each, at least 90 %% sure: digits like those it learned %d, digits of more of "
               "the world's hands %d, images that are no digit %d\n",
               COUNT, of_digits, of_world, of_others);
    dsc_model_free(model);
    dsc_dataset_free(train);
    dsc_dataset_free(digits);
    dsc_dataset_free(world);
    dsc_dataset_free(others);
    return status != DSC_OK;
}
