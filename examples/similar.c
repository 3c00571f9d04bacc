/* SPDX-License-Identifier: MIT */
/* similar.c: beyond probabilities: the most likely classes, logits, and embeddings, which compare images.
 *
 *     cc similar.c -o similar $(pkg-config --cflags --libs descender)
 *
 * An embedding is the output of a layer inside the network. Images that the network treats alike have
 * embeddings that are close to each other. So the program can find the most similar digit among others. */
#include <descender.h>
#include <stdio.h>
#include <stdlib.h>

enum { ASKED = 5, OTHERS = 200, COUNT = ASKED + OTHERS, TOP = 2, CLASSES = 10 };

static double distance(const float *a, const float *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
    return sum;
}

static void tell(const dsc_prediction *answer, const dsc_dataset *digits, const dsc_predictor *predictor) {
    const size_t size = dsc_predictor_embedding_size(predictor);
    const uint8_t *labels = dsc_dataset_labels(digits);
    for (size_t i = 0; i < ASKED; i++) {
        printf("a %d:", labels[i]);
        for (size_t k = 0; k < TOP; k++) {
            const uint32_t class = answer->top_classes[i * TOP + k];
            printf(" %s (%.0f %%, logit %.1f)", dsc_predictor_class_name(predictor, class),
                   100 * (double)answer->top_probabilities[i * TOP + k],
                   (double)answer->logits[i * CLASSES + class]);
        }
        const float *own = answer->embeddings + i * size;
        size_t best = ASKED;
        for (size_t n = ASKED; n < COUNT; n++)
            if (distance(own, answer->embeddings + n * size, size) <
                distance(own, answer->embeddings + best * size, size))
                best = n;
        printf("; most like it is a %d\n", labels[best]);
    }
}

int main(void) {
    dsc_error error;
    dsc_dataset *examples = NULL, *digits = NULL;
    dsc_model *model = NULL;
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 4;
    dsc_status status = dsc_digits_create(&examples, 3000, 1, 0, &error);
    if (!status) status = dsc_digits_create(&digits, COUNT, 2, 0, &error);
    if (!status) status = dsc_model_create_for(&model, "784-64-10", examples, &error);
    if (!status) status = dsc_train(model, examples, &how, &error);

    /* Return the output of the first dense layer with the classes. */
    dsc_predictor_options wanted = dsc_predictor_options_defaults();
    if (!status) wanted.embedding = dsc_graph_find_layer(dsc_model_graph(model), "dense1");
    if (!status) status = dsc_predictor_create(&predictor, model, &wanted, &error);
    if (!status) status = dsc_workspace_create(&workspace, predictor, 1, &error);

    static float logits[COUNT * CLASSES], probabilities[COUNT * TOP];
    static uint32_t classes[COUNT * TOP];
    float *embeddings =
        status ? NULL : malloc(COUNT * dsc_predictor_embedding_size(predictor) * sizeof(float));
    dsc_prediction answer = dsc_prediction_defaults();
    answer.count = COUNT;
    answer.top = TOP;
    answer.top_classes = classes;
    answer.top_probabilities = probabilities;
    answer.logits = logits;
    answer.embeddings = embeddings;
    if (!status) answer.images = dsc_dataset_images(digits);
    if (!status && !embeddings) status = dsc_fail(&error, DSC_ERROR_MEMORY, "no memory for embeddings");
    if (!status) status = dsc_predict_all(predictor, workspace, &answer, &error);
    if (status)
        (void)fprintf(stderr, "similar: %s\n", error.message);
    else
        tell(&answer, digits, predictor);
    free(embeddings);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
    dsc_dataset_free(digits);
    dsc_dataset_free(examples);
    return status != DSC_OK;
}
