/* SPDX-License-Identifier: MIT */
/* Structs that begin with their size: older, newer, and uninitialised ones. */
#include "others.h"
#include "testing.h"

#include "base/options.h"

static void a_shorter_struct_of_an_older_header_has_defaults_for_the_rest(void **state) {
    (void)state;
    dsc_training_options given, own = dsc_training_options_defaults();
    dsc_error error;
    memset(&given, 0xee, sizeof given); /* the bytes behind the older struct are arbitrary */
    given.size = offsetof(dsc_training_options, learning_rate);
    given.epochs = 77;
    given.batch = 12;
    ASSERT_OK(DSC_OPTIONS_TAKE(&own, &given, dsc_training_options, batch, &error), error);
    const dsc_training_options usual = dsc_training_options_defaults();
    assert_int_equal(own.epochs, 77);
    assert_int_equal(own.batch, 12);
    assert_int_equal(own.size, sizeof own);
    assert_memory_equal((char *)&own + given.size, (const char *)&usual + given.size,
                        sizeof own - given.size);
}

static void a_longer_struct_of_a_newer_header_is_taken_if_it_asks_for_nothing_new(void **state) {
    (void)state;
    struct newer {
        dsc_training_options options;
        unsigned char more[24];
    } given;
    dsc_training_options own = dsc_training_options_defaults();
    dsc_error error;
    dsc_training_options_initialise(&given.options, sizeof given);
    assert_int_equal(given.options.size, sizeof given);
    for (size_t i = 0; i < sizeof given.more; i++) assert_int_equal(given.more[i], 0);
    given.options.epochs = 3;
    ASSERT_OK(DSC_OPTIONS_TAKE(&own, &given.options, dsc_training_options, batch, &error), error);
    assert_int_equal(own.epochs, 3);
    assert_int_equal(own.size, sizeof own);
    given.more[23] = 1;
    assert_int_equal(DSC_OPTIONS_TAKE(&own, &given.options, dsc_training_options, batch, &error),
                     DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "dsc_training_options asks for features that this version, " DSC_VERSION
                          ", does not know");
}

static void a_struct_that_was_never_begun_is_refused(void **state) {
    (void)state;
    dsc_training_options given = {0}, own = dsc_training_options_defaults();
    dsc_error error;
    assert_int_equal(DSC_OPTIONS_TAKE(&own, &given, dsc_training_options, batch, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_training_options: size is 0, expected ");
    ASSERT_MESSAGE(error, "begin with dsc_training_options_defaults()");
}

/* Each public function with options: with size 0, and with one more byte that is not zero. */
static void every_entrance_checks_the_size(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data, *train, *test;
    dsc_model *model, *made;
    dsc_session *session;
    dsc_optimiser *optimiser;
    dsc_predictor *predictor;
    ASSERT_OK(dsc_digits_create(&data, 20, 1, 1, &error), error);
    ASSERT_OK(dsc_model_create_for(&model, "784-10", data, &error), error);
    dsc_session_options usual = dsc_session_options_defaults();
    usual.loss = dsc_model_nodes(model).loss;
    usual.training = true;
    ASSERT_OK(dsc_session_create(&session, dsc_model_graph(model), &usual, &error), error);
#define REFUSES(type, call)                                                                                  \
    do {                                                                                                     \
        struct {                                                                                             \
            type options;                                                                                    \
            unsigned char more[8];                                                                           \
        } given;                                                                                             \
        type##_initialise(&given.options, sizeof given);                                                     \
        given.more[0] = 1;                                                                                   \
        const type *how = &given.options;                                                                    \
        assert_int_equal(call, DSC_ERROR_UNSUPPORTED);                                                       \
        given.options.size = 0;                                                                              \
        assert_int_equal(call, DSC_ERROR_ARGUMENT);                                                          \
        ASSERT_MESSAGE(error, #type ": size is 0");                                                          \
    } while (0)
    REFUSES(dsc_data_options, dsc_dataset_open_any(&train, &test, "nowhere", how, NULL, &error));
    REFUSES(dsc_session_options,
            dsc_session_create(&(dsc_session *){NULL}, dsc_model_graph(model), how, &error));
    REFUSES(dsc_model_options, dsc_model_create(&made, how, &error));
    REFUSES(dsc_model_parts, dsc_model_from_graph(&made, how, &error));
    REFUSES(dsc_adapt_options, dsc_model_adapt(&made, model, how, &error));
    REFUSES(dsc_training_options, dsc_train(model, data, how, &error));
    REFUSES(dsc_optimiser_options, dsc_optimiser_create(&optimiser, session, how, &error));
    REFUSES(dsc_predictor_options, dsc_predictor_create(&predictor, model, how, &error));
    dsc_session_free(session);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

static void the_version_of_header_and_library_is_one(void **state) {
    (void)state;
    char text[32];
    (void)snprintf(text, sizeof text, "%d.%d.%d", DSC_VERSION_MAJOR, DSC_VERSION_MINOR, DSC_VERSION_PATCH);
    assert_string_equal(text, DSC_VERSION);
    assert_string_equal(dsc_version(), DSC_VERSION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shorter_struct_of_an_older_header_has_defaults_for_the_rest),
        cmocka_unit_test(a_longer_struct_of_a_newer_header_is_taken_if_it_asks_for_nothing_new),
        cmocka_unit_test(a_struct_that_was_never_begun_is_refused),
        cmocka_unit_test(every_entrance_checks_the_size),
        cmocka_unit_test(the_version_of_header_and_library_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
