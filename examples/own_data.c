/* SPDX-License-Identifier: MIT */
/* own_data.c: data sets from your own images: floats in memory, images that a function creates on demand,
 * and views of other data sets.
 *
 *     cc own_data.c -o own_data $(pkg-config --cflags --libs descender) -lm
 *
 * The images are pieces of waves, 1 x 8 x 8: horizontal, vertical or diagonal. */
#include <descender.h>
#include <math.h>
#include <stdio.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, MEASURED = 300, MADE = 1500 };
static const char *const kinds[] = {"level", "upright", "slanting"};

/* Draws image `sample`. The index alone determines the image, so the same index always gives the same
 * image. */
static void draw(float *image, uint32_t sample) {
    const double step = 0.5 + 0.37 * (double)(sample % 7), start = 0.61 * (double)(sample % 101);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const int along = sample % 3 == 0 ? y : sample % 3 == 1 ? x : x + y;
            *image++ = (float)(0.5 + 0.5 * sin(start + step * along)); /* on a scale from 0 to 1 */
        }
}

/* Fills a part of a batch. It could also read a file, a camera or a socket. If it fails, it calls
 * dsc_fail. */
static dsc_status make(void *user, void *images, const uint32_t *samples, size_t count, dsc_error *error) {
    const uint32_t *first = user;
    (void)error;
    for (size_t i = 0; i < count; i++) draw((float *)images + i * PIXELS, *first + samples[i]);
    return DSC_OK;
}

static int on_event(void *user, const dsc_event *event) {
    (void)user;
    if (event->kind == DSC_EVENT_EPOCH && event->epoch % 5 == 0)
        printf("epoch %d: %.1f %% right of what is held out\n", (int)event->epoch,
               100 * event->validation_accuracy);
    return 0;
}

static dsc_dataset_options waves(void) {
    dsc_dataset_options own = dsc_dataset_options_defaults();
    own.shape[0] = 1;
    own.shape[1] = own.shape[2] = SIDE;
    own.type = DSC_F32;
    own.classes = 3;
    own.class_names = kinds;
    return own;
}

int main(void) {
    static float measured_images[MEASURED * PIXELS];
    static uint8_t labels[MADE];
    static uint32_t first = MEASURED;
    dsc_error error;
    dsc_dataset *measured = NULL, *made = NULL, *rest = NULL, *held_out = NULL, *six = NULL;
    dsc_dataset *all = NULL, *shuffled = NULL;
    dsc_model *model = NULL;
    dsc_score score;

    /* Floats in memory, used in place. */
    for (uint32_t i = 0; i < MEASURED; i++) draw(measured_images + (size_t)i * PIXELS, i);
    for (uint32_t i = 0; i < MADE; i++) labels[i] = (uint8_t)(i % 3);
    dsc_dataset_options own = waves();
    own.count = MEASURED;
    own.images = measured_images;
    own.borrow = true;
    own.labels = labels;
    own.name = "measured waves";
    dsc_status status = dsc_dataset_create(&measured, &own, &error);
    if (!status)
        printf("%s: %s, the first number is %.3f\n", dsc_dataset_name(measured),
               dsc_dataset_type(measured) == DSC_F32 ? "floats" : "bytes",
               (double)dsc_dataset_floats(measured)[0]);

    /* Images that need not fit into memory: while one batch is computed, the next is created. */
    own = waves();
    own.count = MADE;
    own.labels = labels; /* MEASURED is a multiple of 3 */
    own.read = make;
    own.user = &first;
    own.name = "made waves";
    if (!status) status = dsc_dataset_create(&made, &own, &error);

    /* Views of other data sets; no image is copied. */
    static const uint32_t some[] = {0, 1, 2, 30, 31, 32};
    float image[PIXELS];
    if (!status) status = dsc_dataset_split(&rest, &held_out, measured, 0.3, 1, &error);
    if (!status) status = dsc_dataset_view(&six, made, some, 6, "six of them", &error);
    if (!status) status = dsc_dataset_read(image, six, (uint32_t[]){3}, 1, &error);
    if (!status) printf("%s: the fourth begins with %.3f\n", dsc_dataset_name(six), (double)image[0]);
    if (!status) status = dsc_dataset_join(&all, (const dsc_dataset *const[]){rest, made}, 2, "all", &error);
    if (!status) status = dsc_dataset_shuffle(&shuffled, all, 1, &error);

    /* A separate validation set measures the model after each epoch. */
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 10;
    how.validation_data = held_out;
    how.on_event = on_event;
    if (!status) status = dsc_model_create_for(&model, "flatten, dense 32, relu, dense", shuffled, &error);
    if (!status) status = dsc_train(model, shuffled, &how, &error);
    if (!status) status = dsc_evaluate(&score, model, held_out, &error);
    if (status)
        (void)fprintf(stderr, "own_data: %s\n", error.message);
    else
        printf("learned from %zu waves, %.1f %% of %zu others right\n", dsc_dataset_count(shuffled),
               100 * score.accuracy, score.count);
    dsc_model_free(model);
    dsc_dataset_free(shuffled);
    dsc_dataset_free(all);
    dsc_dataset_free(six);
    dsc_dataset_free(held_out);
    dsc_dataset_free(rest);
    dsc_dataset_free(made);
    dsc_dataset_free(measured);
    return status != DSC_OK;
}
