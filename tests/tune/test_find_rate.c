/* SPDX-License-Identifier: MIT */
/* The learning-rate range test. */
#include "testing.h"

#include "tune/find_rate.h"

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

/* On a problem that can be learned the suggestion is one that learns, and the test leaves nothing behind. */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_range_test_suggests_a_rate_that_learns),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
