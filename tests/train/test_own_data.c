/* SPDX-License-Identifier: MIT */
/* A program's own data in training: floats, borrowed arrays, views, and images from a callback. The same
 * images give the same bits in every form, with any number of threads. */
#include "stripes.h"

#include "data/dataset.h"
#include "model/model.h"

#include <math.h>
#include <pthread.h>

enum { COUNT = 60, PIXELS = 16 };

/* The callback's source, and a record of its calls. */
typedef struct source {
    const uint8_t *bytes;
    const float *floats;
    pthread_t caller;
    size_t calls, ahead, images; /* ahead: calls by another thread */
    size_t fails_at;             /* this call fails; 0: none */
    bool fails_silently;
    int released;
} source;

static dsc_status read_images(void *user, void *images, const uint32_t *samples, size_t count,
                              dsc_error *why) {
    source *s = user;
    s->calls++;
    s->ahead += !pthread_equal(pthread_self(), s->caller);
    s->images += count;
    if (s->calls == s->fails_at)
        return s->fails_silently ? DSC_ERROR_IO : dsc_fail(why, DSC_ERROR_IO, "the disk is gone");
    for (size_t i = 0; i < count; i++) {
        if (s->bytes) memcpy((uint8_t *)images + i * PIXELS, s->bytes + samples[i] * PIXELS, PIXELS);
        if (s->floats)
            memcpy((float *)images + i * PIXELS, s->floats + samples[i] * PIXELS, PIXELS * sizeof(float));
    }
    return DSC_OK;
}

static void release(void *user) { ((source *)user)->released++; }

static dsc_dataset_options options_of(source *s) {
    dsc_dataset_options how = dsc_dataset_options_defaults();
    how.count = COUNT;
    how.shape[1] = how.shape[2] = 4;
    how.classes = 3;
    how.labels = dsc_dataset_labels(stripes);
    how.type = s->floats ? DSC_F32 : DSC_U8;
    how.read = read_images;
    how.release = release;
    how.user = s;
    s->caller = pthread_self();
    return how;
}

static dsc_dataset *read_by(source *s) {
    const dsc_dataset_options how = options_of(s);
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_dataset_create(&data, &how, &error), error);
    return data;
}

/* Values from 0 to 1, like the bytes of the stripes, but with more levels. */
static float *make_floats(void) {
    float *floats = malloc(COUNT * PIXELS * sizeof *floats);
    for (size_t i = 0; i < COUNT * PIXELS; i++)
        floats[i] = ((float)dsc_dataset_images(stripes)[i] + (float)(i % 7) * 0.1F) / 255;
    return floats;
}

static const char *const augments[] = {"none", "affine rotate=10 shift=1"};

/* The model trained on `data`; 1 to 3 bits of `way` select everything that changes how batches are loaded. */
static dsc_model *train(const dsc_dataset *data, unsigned way, unsigned threads) {
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model;
    dsc_error error;
    how.epochs = 3;
    how.batch = 7;
    how.threads = threads;
    how.augment = augments[way & 1];
    how.mixup = way & 2 ? 0.4 : 0;
    how.validation = way & 4 ? 0.25 : 0;
    how.drop_last = way & 4;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense 8, relu, dense", data, &error), error);
    ASSERT_OK(dsc_model_normalise(model, "standard", data, &error), error);
    ASSERT_OK(dsc_train(model, data, &how, &error), error);
    return model;
}

static void assert_same_model(const dsc_dataset *a, const dsc_dataset *b, unsigned way, unsigned threads) {
    dsc_model *one = train(a, way, 1), *two = train(b, way, threads);
    dsc_score first, second;
    dsc_error error;
    assert_memory_equal(one->values, two->values,
                        dsc_graph_value_numbers(dsc_model_graph(one)) * sizeof(dsc_real));
    ASSERT_OK(dsc_evaluate(&first, one, a, &error), error);
    ASSERT_OK(dsc_evaluate(&second, two, b, &error), error);
    assert_memory_equal(&first, &second, sizeof first);
    dsc_model_free(one);
    dsc_model_free(two);
}

static void a_callback_gives_the_bits_of_memory_for_any_threads(void **state) {
    (void)state;
    for (unsigned way = 0; way < 8; way++) {
        source s = {.bytes = dsc_dataset_images(stripes)};
        dsc_dataset *data = read_by(&s);
        assert_null(dsc_dataset_images(data));
        assert_same_model(stripes, data, way, 1 + way % 3);
        assert_int_equal(s.released, 0);
        dsc_dataset_free(data);
        assert_int_equal(s.released, 1);
    }
}

/* 60 images in batches of 6: of the ten batches of an epoch, all but the first are read during the
 * computation of another, and no image is read twice. */
static void the_next_batch_is_read_while_one_is_computed(void **state) {
    (void)state;
    source s = {.bytes = dsc_dataset_images(stripes)};
    dsc_dataset *data = read_by(&s);
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model;
    dsc_error error;
    how.batch = 6;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", data, &error), error);
    size_t ahead[2], images[2];
    for (unsigned i = 0; i < 2; i++) { /* one more epoch is ten more batches */
        s.ahead = s.images = 0;
        how.epochs = i + 1;
        ASSERT_OK(dsc_train(model, data, &how, &error), error);
        ahead[i] = s.ahead;
        images[i] = s.images;
    }
    assert_int_equal(ahead[1] - ahead[0], 9);
    assert_int_equal(images[1] - images[0], COUNT);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

static void floats_are_trained_on_from_memory_and_by_callback_alike(void **state) {
    (void)state;
    float *floats = make_floats();
    source s = {.floats = floats};
    dsc_dataset_options how = options_of(&s);
    dsc_dataset *copied, *borrowed, *read = read_by(&s);
    dsc_error error;
    how.read = NULL;
    how.release = NULL;
    how.images = floats;
    ASSERT_OK(dsc_dataset_create(&copied, &how, &error), error);
    how.borrow = true;
    ASSERT_OK(dsc_dataset_create(&borrowed, &how, &error), error);
    assert_ptr_equal(dsc_dataset_floats(borrowed), floats);
    assert_true(dsc_dataset_floats(copied) != floats);
    assert_int_equal(dsc_dataset_type(read), DSC_F32);
    for (unsigned way = 0; way < 4; way++) {
        assert_same_model(copied, borrowed, way, 2);
        assert_same_model(copied, read, way, 3);
    }
    dsc_dataset_free(copied);
    dsc_dataset_free(borrowed);
    dsc_dataset_free(read);
    free(floats);
}

/* Floats that are bytes / 255 give the results of bytes, except for the last digits. */
static void floats_are_on_a_scale_where_1_is_what_255_is_to_bytes(void **state) {
    (void)state;
    float floats[COUNT * PIXELS];
    for (size_t i = 0; i < COUNT * PIXELS; i++) floats[i] = (float)dsc_dataset_images(stripes)[i] / 255;
    source s = {.floats = floats};
    dsc_dataset *data = read_by(&s);
    dsc_error error;
    static const char *const ways[] = {"unit", "standard"};
    for (int i = 0; i < 2; i++) {
        dsc_model *model;
        dsc_real a[PIXELS], b[PIXELS];
        ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", data, &error), error);
        ASSERT_OK(dsc_model_normalise(model, ways[i], stripes, &error), error);
        dsc_model_load_images(model, a, dsc_dataset_images(stripes), DSC_U8, 1);
        ASSERT_OK(dsc_model_normalise(model, ways[i], data, &error), error);
        dsc_model_load_images(model, b, floats, DSC_F32, 1);
        for (size_t p = 0; p < PIXELS; p++) assert_true(fabs((double)(a[p] - b[p])) < 1e-5);
        dsc_model_free(model);
    }
    dsc_model *by_bytes = train(stripes, 1, 1), *by_floats = train(data, 1, 1);
    dsc_score one, two;
    ASSERT_OK(dsc_evaluate(&one, by_bytes, stripes, &error), error);
    ASSERT_OK(dsc_evaluate(&two, by_floats, stripes, &error), error); /* a model of floats also reads bytes */
    assert_true(fabs(one.loss - two.loss) < 0.05); /* augmented bytes are rounded, floats are not */
    dsc_model_free(by_bytes);
    dsc_model_free(by_floats);
    dsc_dataset_free(data);
}

static void a_callback_that_fails_ends_what_wanted_its_images(void **state) {
    (void)state;
    bool failed = true;
    dsc_error error;
    for (size_t call = 1; failed; call++) {
        source s = {.bytes = dsc_dataset_images(stripes), .fails_at = call, .fails_silently = call % 2};
        dsc_dataset *data = read_by(&s);
        dsc_training_options how = dsc_training_options_defaults();
        dsc_model *model;
        dsc_score score;
        how.epochs = 2;
        how.batch = 16;
        how.threads = 2;
        ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", stripes, &error), error);
        dsc_status status = dsc_model_normalise(model, "standard", data, &error);
        if (!status) status = dsc_train(model, data, &how, &error);
        if (!status) status = dsc_evaluate(&score, model, data, &error);
        failed = s.calls >= call;
        /* The check of the inputs before the first step may warn; its failures are not errors. */
        if (failed && status) {
            assert_int_equal(status, DSC_ERROR_IO);
            ASSERT_MESSAGE(error, call % 2 ? "data from memory: reading images: the callback failed"
                                           : "data from memory: reading images: the disk is gone");
        }
        if (!failed) ASSERT_OK(status, error);
        assert_true(call < 300);
        dsc_model_free(model);
        dsc_dataset_free(data);
        assert_int_equal(s.released, 1);
    }
}

static void numbers_that_are_not_finite_are_refused_wherever_they_come_from(void **state) {
    (void)state;
    float *floats = make_floats();
    source s = {.floats = floats};
    dsc_dataset_options how = options_of(&s);
    dsc_dataset *read = read_by(&s), *data;
    dsc_model *model;
    dsc_error error;
    floats[17 * PIXELS + 5] = NAN;
    how.read = NULL;
    how.images = floats;
    assert_int_equal(dsc_dataset_create(&data, &how, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "number 5 of image 17 is NaN");
    assert_null(data);
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", read, &error), error);
    assert_int_equal(dsc_train(model, read, NULL, &error), DSC_ERROR_ARGUMENT); /* a batch of 64, 60 images */
    dsc_training_options quick = dsc_training_options_defaults();
    quick.batch = 10;
    assert_int_equal(dsc_train(model, read, &quick, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "number 5 of image 17 is NaN");
    dsc_model_free(model);
    dsc_dataset_free(read);
    assert_int_equal(s.released, 1); /* not by the refused dataset */
    free(floats);
}

static int keep_loss(void *user, const dsc_event *event) {
    if (event->kind == DSC_EVENT_EPOCH) *(double *)user = event->validation_loss;
    return 0;
}

static void a_validation_set_of_ones_own_is_what_epochs_are_measured_on(void **state) {
    (void)state;
    dsc_dataset *rest, *held;
    dsc_model *model;
    dsc_error error;
    dsc_score score;
    double loss = 0;
    ASSERT_OK(dsc_dataset_split(&rest, &held, stripes, 0.3, 4, &error), error);
    dsc_training_options how = dsc_training_options_defaults();
    how.batch = 8;
    how.validation_data = held;
    how.on_event = keep_loss;
    how.user = &loss;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", rest, &error), error);
    ASSERT_OK(dsc_train(model, rest, &how, &error), error);
    ASSERT_OK(dsc_evaluate(&score, model, held, &error), error);
    assert_true(fabs(score.loss - loss) < 1e-6);
    how.patience = 2; /* it measures that set */
    ASSERT_OK(dsc_train(model, rest, &how, &error), error);
    how.validation = 0.2;
    assert_int_equal(dsc_train(model, rest, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "both a validation set of your own and a share of the training set");
    dsc_model_free(model);
    dsc_dataset_free(rest);
    dsc_dataset_free(held);
}

static int count_epochs(void *user, const dsc_event *event) {
    if (event->kind != DSC_EVENT_EPOCH) return 0;
    ++*(int *)user;
    return 0;
}

static void training_may_end_where_the_validation_set_is_right(void **state) {
    (void)state;
    dsc_model *model;
    dsc_error error;
    dsc_training_options how = dsc_training_options_defaults();
    int epochs = 0;
    how.batch = 8;
    how.epochs = 200;
    how.learning_rate = 0.02;
    how.until = 90;
    how.on_event = count_epochs;
    how.user = &epochs;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", stripes, &error), error);
    assert_int_equal(dsc_train(model, stripes, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "until needs a validation set to watch");
    how.validation = 0.3;
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    assert_in_range(epochs, 1, 199);
    how.until = 101;
    assert_int_equal(dsc_train(model, stripes, &how, &error), DSC_ERROR_ARGUMENT);
    dsc_model_free(model);
}

static void training_may_round_weights(void **state) {
    (void)state;
    static const char *const levels[] = {"none", "8", "ternary", NULL};
    dsc_model *model[4];
    dsc_error error;
    dsc_training_options how = dsc_training_options_defaults();
    const size_t bytes = PIXELS * 3 * sizeof(dsc_real);
    how.batch = 8;
    for (size_t i = 0; i < 4; i++) {
        how.quantise = levels[i]; /* NULL: the default, none */
        ASSERT_OK(dsc_model_create_for(&model[i], "flatten, dense", stripes, &error), error);
        ASSERT_OK(dsc_train(model[i], stripes, &how, &error), error);
    }
    assert_memory_not_equal(model[0]->values, model[1]->values, bytes);
    assert_memory_not_equal(model[1]->values, model[2]->values, bytes);
    assert_memory_equal(model[0]->values, model[3]->values, bytes);
    how.quantise = "5";
    assert_int_equal(dsc_train(model[0], stripes, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "quantise");
    for (size_t i = 0; i < 4; i++) dsc_model_free(model[i]);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    bool failed = true;
    for (long n = 0; failed && n < 400; n++) {
        source s = {.bytes = dsc_dataset_images(stripes)};
        dsc_dataset *data = read_by(&s);
        dsc_training_options how = dsc_training_options_defaults();
        dsc_model *model;
        dsc_error error;
        how.epochs = 1;
        how.batch = 20;
        how.threads = 1;
        ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", stripes, &error), error);
        testing_fail_allocation(n);
        const dsc_status status = dsc_train(model, data, &how, &error);
        failed = testing_allocation_failed();
        assert_true(status == DSC_OK || (failed && status == DSC_ERROR_MEMORY));
        dsc_model_free(model);
        dsc_dataset_free(data);
    }
    assert_false(failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_callback_gives_the_bits_of_memory_for_any_threads),
        cmocka_unit_test(the_next_batch_is_read_while_one_is_computed),
        cmocka_unit_test(floats_are_trained_on_from_memory_and_by_callback_alike),
        cmocka_unit_test(floats_are_on_a_scale_where_1_is_what_255_is_to_bytes),
        cmocka_unit_test(a_callback_that_fails_ends_what_wanted_its_images),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused_wherever_they_come_from),
        cmocka_unit_test(a_validation_set_of_ones_own_is_what_epochs_are_measured_on),
        cmocka_unit_test(training_may_end_where_the_validation_set_is_right),
        cmocka_unit_test(training_may_round_weights),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
