/* SPDX-License-Identifier: MIT */
/* The learning-rate range test. */
#include "testing.h"

#include "tune/find_rate.h"

#include <math.h>

static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, 600, 3, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* On a problem that can be learned, the suggested rate trains, and the test leaves nothing behind. */
static void the_range_test_suggests_a_rate_that_learns(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_rate_test test;
    static const char json[] = "{\"model\": \"784-32-10\", \"batch\": 10, \"optimiser\": \"sgd\"}";
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_find_rate(&test, &recipe, digits, 1e-6, 10, 1, NULL, NULL, &error), error);
    assert_true(test.count >= 10 && test.count <= 60);
    for (size_t i = 1; i < test.count; i++) assert_true(test.rate[i] > test.rate[i - 1]);
    assert_true(test.suggestion > 1e-4 && test.suggestion < 1);
    dsc_rate_test_clear(&test);
    recipe.batch = 300;
    assert_int_equal(dsc_find_rate(&test, &recipe, digits, 1e-6, 10, 1, NULL, NULL, &error),
                     DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "at least 10 steps");
    dsc_rate_test_clear(&test);
    dsc_recipe_clear(&recipe);
}

/* A recipe with everything that could disturb the test becomes one epoch over all samples, with only the
 * test's rates. */
static const char DISTURBED[] =
    "{\"model\": \"784-16-10\", \"batch\": 10, \"optimiser\": \"sgd\", \"learning-rate\": 0.5, \"epochs\": 7,"
    " \"kernels\": \"portable\","
    " \"validation\": 0.2, \"patience\": 2, \"ema\": 0.9, \"clean-epochs\": 3, \"schedule\": \"cosine\","
    " \"until\": 99, \"calibrate\": true, \"steps\": \"200\"}";
static const char PLAIN[] =
    "{\"model\": \"784-16-10\", \"batch\": 10, \"optimiser\": \"sgd\", \"learning-rate\": 1, \"epochs\": 1,"
    " \"kernels\": \"portable\","
    " \"schedule\": \"range low=1e-6 high=1000\"}";

static void make_recipe(dsc_recipe *recipe, const char *json) {
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, strlen(json), "test", &error), error);
}

/* Step by step against a trainer whose recipe has that schedule, with the means by their definition. */
static void the_curve_is_that_of_steps_at_growing_rates_until_the_loss_is_four_times_the_least(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_rate_test test;
    dsc_trainer *t;
    make_recipe(&recipe, DISTURBED);
    ASSERT_OK(dsc_find_rate(&test, &recipe, digits, 1e-6, 1000, 2, NULL, NULL, &error), error);
    dsc_recipe_clear(&recipe);
    make_recipe(&recipe, PLAIN);
    ASSERT_OK(dsc_trainer_create(&t, NULL, &recipe, digits, 1, &error), error);
    double weights = 0, sum = 0, before = 0, least = (double)INFINITY, best = 0;
    for (size_t i = 0; i < test.count; i++) {
        const double rate = dsc_trainer_learning_rate(t);
        assert_true(test.rate[i] == rate);
        assert_true(fabs(rate / (1e-6 * pow(1e9, (double)i / 59)) - 1) <
                    1e-9); /* 60 steps from 1e-6 to 1000 */
        ASSERT_OK(dsc_trainer_step(t, &error), error);
        sum = 0.95 * sum + (t->progress.loss_sum - before) / 10;
        weights = 0.95 * weights + 1;
        before = t->progress.loss_sum;
        const double mean = sum / weights;
        if (!(fabs(test.loss[i] / mean - 1) < 1e-9)) fail_msg("step %zu: %g, not %g", i, test.loss[i], mean);
        if (mean < least) least = mean, best = rate;
        assert_int_equal(i > 9 && mean > 4 * least,
                         i + 1 == test.count); /* the first such step is the last */
    }
    assert_true(test.count > 11 && test.count < 60);
    assert_true(test.best_rate == best);
    assert_true(fabs(test.suggestion / (best / 10) - 1) < 1e-12);
    dsc_trainer_free(t);
    dsc_recipe_clear(&recipe);
    dsc_rate_test_clear(&test);
    assert_null(test.rate);
    assert_int_equal(test.count, 0);
}

typedef struct heard {
    size_t steps;
    double rate, loss;
} heard;

static int stop_at_12(void *user, const dsc_event *event) {
    heard *h = user;
    assert_int_equal(event->kind, DSC_EVENT_STEP);
    assert_int_equal(event->step, ++h->steps);
    assert_int_equal(event->steps, 60);
    h->rate = event->learning_rate;
    h->loss = event->loss;
    return h->steps == 12;
}

static void the_test_tells_of_its_steps_and_can_be_stopped(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_rate_test test;
    heard h = {0};
    make_recipe(&recipe, DISTURBED);
    assert_int_equal(dsc_find_rate(&test, &recipe, digits, 1e-6, 10, 1, stop_at_12, &h, &error),
                     DSC_ERROR_STOPPED);
    assert_int_equal(h.steps, 12);
    assert_int_equal(test.count, 12);
    assert_true(h.rate == test.rate[11] && h.loss == test.loss[11]);
    dsc_rate_test_clear(&test);
    dsc_recipe_clear(&recipe);
}

static void the_test_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_recipe recipe;
    make_recipe(&recipe, DISTURBED);
    for (long n = 0;; n += 1 + n / 40) {
        dsc_error error;
        dsc_rate_test test;
        testing_fail_allocation(n);
        dsc_status status = dsc_find_rate(&test, &recipe, digits, 1e-6, 1e-5, 1, NULL, NULL, &error);
        const bool failed = testing_allocation_failed();
        if (!failed || status) assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_rate_test_clear(&test);
        if (!failed) break;
    }
    dsc_recipe_clear(&recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_range_test_suggests_a_rate_that_learns),
        cmocka_unit_test(the_curve_is_that_of_steps_at_growing_rates_until_the_loss_is_four_times_the_least),
        cmocka_unit_test(the_test_tells_of_its_steps_and_can_be_stopped),
        cmocka_unit_test(the_test_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
