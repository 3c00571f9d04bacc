/* SPDX-License-Identifier: MIT */
/* One recipe, and everything that trains by it: a run, the trials of a search, the rate search, dsc_train. */
#include "testing.h"

#include "run/run.h"
#include "tune/find_rate.h"
#include "tune/tune.h"

#include <unistd.h>

static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, 60, 3, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* A recipe with one text replaced by `value`. */
static void make_recipe(dsc_recipe *recipe, const char *name, const char *value) {
    dsc_error error;
    char json[256];
    (void)snprintf(json, sizeof json, "{\"model\": \"784-10\", \"batch\": 10, \"epochs\": 1}");
    ASSERT_OK(dsc_recipe_initialise(recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, strlen(json), "test", &error), error);
    if (!name) return;
    (void)snprintf(json, sizeof json, "{\"%s\": \"%s\"}", name, value);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, strlen(json), "test", &error), error);
}

static dsc_status start_run(const dsc_recipe *recipe, dsc_error *error) {
    dsc_training_run *run;
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/run", testing_folder());
    const dsc_run_options options = {.folder = folder, .threads = 1};
    dsc_status status = dsc_run_start(&run, recipe, digits, &options, error);
    if (!status) dsc_run_free(run);
    assert_true(!status || access(folder, F_OK)); /* a refused text leaves nothing behind */
    return status;
}

static dsc_status start_search(const dsc_recipe *recipe, dsc_error *error) {
    dsc_tune *tune = NULL;
    dsc_tune_search search;
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/search", testing_folder());
    const char *const texts[] = {"learning-rate=0.001|0.01"};
    const dsc_tune_options options = {.trials = 2};
    const dsc_tune_how how = {.folder = folder, .threads = 1};
    dsc_status status = dsc_tune_search_make(&search, recipe, "test", texts, 1, &options, error);
    if (status)
        dsc_tune_search_clear(&search);
    else
        status = dsc_tune_start(&tune, &search, digits, NULL, &how, error);
    dsc_tune_free(tune);
    assert_true(!status || access(folder, F_OK));
    return status;
}

static dsc_status find_rate(const dsc_recipe *recipe, dsc_error *error) {
    dsc_rate_test test;
    dsc_status status = dsc_find_rate(&test, recipe, digits, 1e-6, 1, 1, NULL, NULL, error);
    dsc_rate_test_clear(&test);
    return status == DSC_ERROR_ARGUMENT && strstr(error->message, "at least 10 steps") ? DSC_OK : status;
}

/* dsc_train ignores the texts that describe a model, because it is given one. */
static dsc_status train(const dsc_recipe *recipe, dsc_error *error) {
    dsc_model *model = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 1;
    how.batch = (int)recipe->batch;
    how.optimiser = recipe->optimiser;
    how.schedule = recipe->schedule;
    how.augment = recipe->augment;
    how.kernels = recipe->kernels;
    how.threads = 1;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = recipe->model;
    options.loss = recipe->loss;
    dsc_status status = dsc_model_create(&model, &options, error);
    if (!status) status = dsc_train(model, digits, &how, error);
    dsc_model_free(model);
    return status;
}

static dsc_status (*const ways[])(const dsc_recipe *, dsc_error *) = {start_run, start_search, find_rate,
                                                                      train};
enum { WAYS = sizeof ways / sizeof *ways };

static void what_is_wrong_with_a_text_is_said_in_the_same_words_by_all_who_train(void **state) {
    (void)state;
    static const struct {
        const char *name, *value, *says;
    } wrong[] = {{"model", "flatten, dense 10, relo, dense", "did you mean 'relu'?"},
                 {"model", "784-10, maxpool 2", "maxpool"},
                 {"loss", "softmax-cross-entrop", "did you mean 'softmax-cross-entropy'?"},
                 {"loss", "softmax-cross-entropy smoothing=2", "smoothing"},
                 {"optimiser", "adma", "optimiser: "},
                 {"optimiser", "adam beta1=2", "optimiser: "},
                 {"schedule", "cosin", "schedule: "},
                 {"schedule", "cosine warmup=2", "schedule: "},
                 {"augment", "afine", "augment: "},
                 {"augment", "invert, affine rotate=x", "augment: "},
                 {"kernels", "mmx", "no kernels 'mmx' here"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dsc_recipe recipe;
        dsc_trainer *trainer;
        dsc_error error, expected;
        make_recipe(&recipe, wrong[i].name, wrong[i].value);
        dsc_status status = dsc_trainer_create(&trainer, NULL, &recipe, digits, 1, &expected);
        assert_int_equal(status, DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(expected, wrong[i].says);
        for (size_t way = 0; way < WAYS; way++) {
            assert_int_equal(ways[way](&recipe, &error), status);
            ASSERT_MESSAGE(error, expected.message); /* a search names the trial before the message */
        }
        dsc_recipe_clear(&recipe);
    }
}

/* So that the test above tests the texts only. */
static void all_who_train_take_the_recipe_with_nothing_wrong(void **state) {
    (void)state;
    dsc_recipe recipe;
    dsc_error error;
    make_recipe(&recipe, NULL, NULL);
    for (size_t way = 0; way < WAYS; way++) ASSERT_OK(ways[way](&recipe, &error), error);
    dsc_recipe_clear(&recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_a_text_is_said_in_the_same_words_by_all_who_train),
        cmocka_unit_test(all_who_train_take_the_recipe_with_nothing_wrong),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
