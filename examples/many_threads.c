/* SPDX-License-Identifier: MIT */
/* many_threads.c: several threads use one trained model at once, as in a server.
 *
 *     cc many_threads.c -o many_threads $(pkg-config --cflags --libs descender) -pthread
 *     ./many_threads                       a small network that it trains first
 *     ./many_threads model.safetensors     your own model, for images of 28 x 28
 *
 * The predictor is immutable, so all threads share it; each thread has its own workspace. An answer does
 * not depend on the thread or on the other images of the call. */
#include <descender.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, DIGITS = 1000, BATCH = 32, PIXELS = 28 * 28 };

typedef struct worker {
    const dsc_predictor *predictor;
    const dsc_dataset *digits;
    size_t first, end; /* this thread's digits */
    size_t right;
    dsc_error error; /* code DSC_OK: no error */
} worker;

static dsc_status answer(worker *w, dsc_workspace *workspace, float *probabilities) {
    const size_t classes = dsc_predictor_classes(w->predictor);
    for (size_t at = w->first; at < w->end; at += BATCH) {
        const size_t count = w->end - at < BATCH ? w->end - at : BATCH;
        dsc_status status = dsc_predict(probabilities, w->predictor, workspace,
                                        dsc_dataset_images(w->digits) + at * PIXELS, count, &w->error);
        if (status) return status;
        for (size_t i = 0; i < count; i++) {
            const float *p = probabilities + i * classes;
            size_t best = 0;
            for (size_t k = 1; k < classes; k++)
                if (p[k] > p[best]) best = k;
            w->right += best == dsc_dataset_labels(w->digits)[at + i];
        }
    }
    return DSC_OK;
}

static void *work(void *argument) {
    worker *w = argument;
    dsc_workspace *workspace = NULL;
    float *probabilities = malloc(BATCH * dsc_predictor_classes(w->predictor) * sizeof *probabilities);
    dsc_status status = dsc_workspace_create(&workspace, w->predictor, 1, &w->error);
    if (!status && !probabilities) status = dsc_fail(&w->error, DSC_ERROR_MEMORY, "no memory for answers");
    if (!status) status = answer(w, workspace, probabilities);
    if (!status) w->error.code = DSC_OK;
    free(probabilities);
    dsc_workspace_free(workspace);
    return NULL;
}

static dsc_status train(dsc_model **model, dsc_error *error) {
    dsc_dataset *digits = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;
    dsc_status status = dsc_digits_create(&digits, 2000, 1, 0, error);
    if (!status) status = dsc_model_create_for(model, "784-64-10", digits, error);
    if (!status) status = dsc_train(*model, digits, &how, error);
    dsc_dataset_free(digits);
    return status;
}

int main(int argc, char **argv) {
    dsc_error error;
    dsc_dataset *digits = NULL;
    dsc_model *model = NULL;
    dsc_predictor *predictor = NULL;
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = BATCH;
    dsc_status status = argc > 1 ? dsc_model_load(&model, argv[1], &error) : train(&model, &error);
    if (!status) status = dsc_digits_create(&digits, DIGITS, 2, 0, &error);
    if (!status) status = dsc_predictor_create(&predictor, model, &how, &error);
    dsc_model_free(model); /* the predictor has its own copies */
    size_t shape[3] = {1, 28, 28};
    if (!status) dsc_predictor_shape(predictor, shape);
    if (!status && (shape[0] != 1 || shape[1] != 28 || shape[2] != 28))
        status = dsc_fail(&error, DSC_ERROR_MISMATCH, "expected a model of images of 1 x 28 x 28");

    pthread_t threads[THREADS];
    worker workers[THREADS];
    size_t started = 0, right = 0;
    while (!status && started < THREADS) {
        worker *w = &workers[started];
        *w = (worker){.predictor = predictor, .digits = digits};
        w->first = started * DIGITS / THREADS;
        w->end = (started + 1) * DIGITS / THREADS;
        if (pthread_create(&threads[started], NULL, work, w))
            status = dsc_fail(&error, DSC_ERROR_UNSUPPORTED, "no thread could be started");
        else
            started++;
    }
    for (size_t t = 0; t < started; t++) {
        pthread_join(threads[t], NULL);
        right += workers[t].right;
        if (workers[t].error.code && !status) {
            error = workers[t].error;
            status = error.code;
        }
    }
    if (status)
        (void)fprintf(stderr, "many_threads: %s\n", error.message);
    else
        printf("%d threads: %zu of %d digits right\n", THREADS, right, DIGITS);
    dsc_predictor_free(predictor);
    dsc_dataset_free(digits);
    return status != DSC_OK;
}
