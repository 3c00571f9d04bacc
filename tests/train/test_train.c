/* SPDX-License-Identifier: MIT */
/* test_train.c: dsc_train and dsc_evaluate as a program calls them. */
#include "stripes.h"

#include <math.h>

static void train_and_evaluate_learn_what_is_easy(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model;
    dsc_score before, after;
    listener l = {0};
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 30;
    how.batch = 10;
    how.learning_rate = 0.01;
    how.on_event = listen;
    how.user = &l;
    ASSERT_OK(dsc_model_create_for(&model, "16-8-3", stripes, &error), error);
    ASSERT_OK(dsc_evaluate(&before, model, stripes, &error), error);
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    ASSERT_OK(dsc_evaluate(&after, model, stripes, &error), error);
    assert_int_equal(after.count, 60);
    assert_true(after.accuracy == 1);
    assert_true(after.loss < before.loss / 4);
    assert_true(after.accuracy_low > 0.9 && after.accuracy_low < 1 && after.accuracy_high > 0.999);
    assert_int_equal(l.kinds[DSC_EVENT_START], 1);
    assert_int_equal(l.kinds[DSC_EVENT_STEP], 180);
    assert_int_equal(l.kinds[DSC_EVENT_EPOCH], 30);
    assert_int_equal(l.kinds[DSC_EVENT_END], 1);
    dsc_model_free(model);
}

static void a_callback_stops_training(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model;
    listener l = {.stop_at = 7};
    dsc_training_options how = dsc_training_options_defaults();
    how.batch = 10;
    how.on_event = listen;
    how.user = &l;
    ASSERT_OK(dsc_model_create_for(&model, "16-8-3", stripes, &error), error);
    assert_int_equal(dsc_train(model, stripes, &how, &error), DSC_ERROR_STOPPED);
    assert_int_equal(l.kinds[DSC_EVENT_STEP], 7);
    assert_int_equal(l.kinds[DSC_EVENT_END], 0);
    dsc_model_free(model);
}

#define REFUSES(field, value, part)                                                                          \
    do {                                                                                                     \
        dsc_training_options bad = dsc_training_options_defaults();                                          \
        bad.field = value;                                                                                   \
        assert_int_not_equal(dsc_train(model, stripes, &bad, &error), DSC_OK);                               \
        ASSERT_MESSAGE(error, part);                                                                         \
    } while (0)

static void bad_options_are_named(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model;
    ASSERT_OK(dsc_model_create_for(&model, "16-8-3", stripes, &error), error);
    REFUSES(learning_rate, (double)NAN, "learning-rate: expected a finite number, found NaN");
    REFUSES(learning_rate, -1, "learning-rate");
    REFUSES(l2, (double)INFINITY, "l2");
    REFUSES(epochs, 0, "epochs");
    REFUSES(batch, 61, "larger than the data");
    REFUSES(optimiser, "sdg", "sgd");
    REFUSES(schedule, "cosin", "cosine");
    REFUSES(precision, "f16", "f32");
    REFUSES(ema, 1, "ema");
    REFUSES(patience, 2, "validation");
    dsc_model_free(model);
}

static void older_and_newer_options_are_understood(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model;
    ASSERT_OK(dsc_model_create_for(&model, "16-8-3", stripes, &error), error);
    listener l = {.stop_at = 1};
    struct {
        dsc_training_options how;
        char later[32];
    } newer = {.how = dsc_training_options_defaults()};
    newer.how.batch = 10;
    newer.how.size = sizeof newer;
    newer.how.on_event = listen;
    newer.how.user = &l;
    assert_int_equal(dsc_train(model, stripes, &newer.how, &error), DSC_ERROR_STOPPED);
    newer.later[20] = 1;
    assert_int_equal(dsc_train(model, stripes, &newer.how, &error), DSC_ERROR_UNSUPPORTED);
    newer.how.size = 0;
    assert_int_equal(dsc_train(model, stripes, &newer.how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_training_options_defaults");
    newer.how.size =
        offsetof(dsc_training_options, on_event); /* the members behind have their defaults: no listener */
    newer.how.epochs = 1;
    l.kinds[DSC_EVENT_STEP] = 0;
    ASSERT_OK(dsc_train(model, stripes, &newer.how, &error), error);
    assert_int_equal(l.kinds[DSC_EVENT_STEP], 0);
    dsc_model_free(model);
}

static void train_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_error error;
    bool failed = true;
    for (long n = 0; failed && n < 20000; n++) {
        dsc_model *model;
        dsc_score score;
        ASSERT_OK(dsc_model_create_for(&model, "16-8-3", stripes, &error), error);
        dsc_training_options how = dsc_training_options_defaults();
        how.epochs = 1;
        how.threads = 1;
        how.batch = 20;
        testing_fail_allocation(n);
        dsc_status status = dsc_train(model, stripes, &how, &error);
        if (!status) status = dsc_evaluate(&score, model, stripes, &error);
        failed = testing_allocation_failed();
        if (status && status != DSC_ERROR_MEMORY) fail_msg("%ld: %s", n, error.message);
        dsc_model_free(model);
    }
    assert_false(failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(train_and_evaluate_learn_what_is_easy),
        cmocka_unit_test(a_callback_stops_training),
        cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(older_and_newer_options_are_understood),
        cmocka_unit_test(train_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
