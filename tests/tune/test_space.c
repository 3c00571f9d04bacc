/* SPDX-License-Identifier: MIT */
/* test_space.c: the dimensions of a search: their texts, random values, and the recipes with them. */
#include "testing.h"

#include "tune/space.h"

#include <math.h>

static dsc_error error;

static dsc_recipe base(const char *json) {
    dsc_recipe recipe;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "base", &error), error);
    return recipe;
}

static const char plain[] = "{\"model\": \"784-{units}-10\", \"optimiser\": \"sgd momentum=0.9\", "
                            "\"augment\": \"affine rotate=3 shift=1\"}";

static void numbers_are_drawn_in_range_and_the_same_again(void **unused) {
    (void)unused;
    dsc_recipe recipe = base(plain);
    const char *texts[] = {"learning-rate=log:1e-4..1e-1", "batch=16..64", "augment.rotate=0..20",
                           "units=32|64|128", "optimiser.momentum=0.5..0.99"};
    dsc_tune_space space;
    ASSERT_OK(dsc_tune_space_parse(&space, &recipe, texts, 5, &error), error);
    assert_int_equal(space.count, 5);
    size_t below = 0, seen[3] = {0};
    for (uint64_t trial = 0; trial < 1000; trial++) {
        dsc_tune_value v[5], again[5];
        dsc_tune_sample(v, &space, 7, trial, 0);
        dsc_tune_sample(again, &space, 7, trial, 0);
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(v[i].choice, again[i].choice);
            assert_true(fabs(v[i].number - again[i].number) <= 0);
        }
        assert_true(v[0].number >= 1e-4 && v[0].number <= 1e-1);
        below += v[0].number < sqrt(1e-5); /* the middle of the logarithms */
        assert_true(v[1].number >= 16 && v[1].number <= 64 && fabs(v[1].number - round(v[1].number)) <= 0);
        assert_true(v[2].number >= 0 && v[2].number <= 20);
        assert_true(v[3].choice < 3);
        seen[v[3].choice]++;
    }
    assert_in_range(below, 430, 570);
    for (size_t i = 0; i < 3; i++) assert_in_range(seen[i], 270, 400);
    dsc_tune_space_clear(&space);
    dsc_recipe_clear(&recipe);
}

/* The values that the space draws for `trials` trials; all must differ. */
static size_t drawn(bool *grid, const char *const *texts, size_t count, size_t trials, uint64_t seed,
                    dsc_tune_value *v) {
    dsc_recipe recipe = base(plain);
    dsc_tune_space space;
    ASSERT_OK(dsc_tune_space_parse(&space, &recipe, texts, count, &error), error);
    ASSERT_OK(dsc_tune_sample_all(v, &trials, grid, &space, seed, NULL, NULL, &error), error);
    for (size_t a = 0; a < trials; a++)
        for (size_t b = 0; b < a; b++) {
            bool same = true;
            for (size_t i = 0; i < count; i++)
                same = same && v[a * count + i].choice == v[b * count + i].choice &&
                       fabs(v[a * count + i].number - v[b * count + i].number) <= 0;
            assert_false(same);
        }
    dsc_tune_space_clear(&space);
    dsc_recipe_clear(&recipe);
    return trials;
}

static void no_two_trials_are_alike_and_few_choices_are_a_grid(void **unused) {
    (void)unused;
    dsc_tune_value v[200], again[200];
    bool grid;
    const char *few[] = {"units=32|64|128", "batch=16..17"};
    assert_int_equal(drawn(&grid, few, 2, 27, 7, v), 6);
    assert_true(grid);
    for (size_t i = 0; i < 6; i++) assert_true(v[2 * i + 1].number >= 16 && v[2 * i + 1].number <= 17);
    /* A number in a journal is read back exactly, and gives the same trials. */
    assert_int_equal(drawn(&grid, few, 2, 6, 7, again), 6);
    bool same = true, other = false;
    for (size_t i = 0; i < 6; i++) same = same && v[2 * i].choice == again[2 * i].choice;
    assert_true(same && grid);
    assert_int_equal(drawn(&grid, few, 2, 27, 8, again), 6);
    for (size_t i = 0; i < 6; i++) other = other || v[2 * i].choice != again[2 * i].choice;
    assert_true(other); /* the seed determines the order */
    assert_int_equal(drawn(&grid, few, 2, 5, 7, v), 5);
    assert_false(grid);
    /* Rounded to four digits, this range has three values. */
    const char *narrow[] = {"optimiser.momentum=0.5..0.5002"};
    assert_int_equal(drawn(&grid, narrow, 1, 50, 7, v), 3);
    const char *wide[] = {"learning-rate=0.1..0.2"};
    assert_int_equal(drawn(&grid, wide, 1, 50, 7, v), 50);
    assert_false(grid);
}

static void values_reach_the_recipe(void **unused) {
    (void)unused;
    dsc_recipe recipe = base(plain), trial = base(plain);
    const char *texts[] = {"units=32|64", "augment.rotate=5..6", "batch=32|64",
                           "optimiser.momentum=0.25|0.5"};
    dsc_tune_space space;
    ASSERT_OK(dsc_tune_space_parse(&space, &recipe, texts, 4, &error), error);
    const dsc_tune_value values[] = {{.choice = 1}, {.number = 5.5}, {.choice = 0}, {.choice = 1}};
    ASSERT_OK(dsc_tune_apply(&trial, &space, values, &error), error);
    assert_string_equal(trial.model, "784-64-10");
    assert_non_null(strstr(trial.augment, "rotate=5.5"));
    assert_non_null(strstr(trial.augment, "shift=1"));
    assert_non_null(strstr(trial.optimiser, "momentum=0.5"));
    assert_int_equal(trial.batch, 32);
    dsc_tune_space_clear(&space);
    dsc_recipe_clear(&recipe);
    dsc_recipe_clear(&trial);
}

static void hidden_is_the_width_of_any_models_hidden_layers(void **unused) {
    (void)unused;
    const char *texts[] = {"hidden=32|64"};
    char *model = strdup("784-100-100-10");
    ASSERT_OK(dsc_tune_open_hidden(&model, texts, 1, &error), error);
    assert_string_equal(model, "784-{hidden}-{hidden}-10");
    free(model);
    model = strdup("conv 8 3x3, relu, flatten, dense 64, relu, dense");
    ASSERT_OK(dsc_tune_open_hidden(&model, texts, 1, &error), error);
    assert_non_null(strstr(model, "dense {hidden}, relu, dense"));
    free(model);
}

static void wrong_texts_are_told(void **unused) {
    (void)unused;
    static const char *const cases[][2] = {
        {"learning-rat=log:1e-4..1e-1", "learning-rate"},
        {"learning-rate", "="},
        {"learning-rate=", ""},
        {"learning-rate=log:0..1", ""},
        {"learning-rate=1..", ""},
        {"learning-rate=2..1", ""},
        {"learning-rate=0.1", ""},
        {"batch=1.5..3.5", ""},
        {"batch=0..10", ""},
        {"seed=1|2", ""},
        {"epochs=1|2", ""},
        {"validation=0.1|0.2", ""},
        {"augment.rotat=0..20", "rotate"},
        {"nothing=1|2", ""},
        {"nothing=1|{}", "nothing"}, /* empty braces are skipped */
        {"=1|2", ""},
        {"units=|", ""},
        {NULL, NULL},
    };
    dsc_recipe recipe = base(plain);
    for (size_t i = 0; cases[i][0]; i++) {
        const char *texts[] = {cases[i][0]};
        dsc_tune_space space;
        if (dsc_tune_space_parse(&space, &recipe, texts, 1, &error) == DSC_OK)
            fail_msg("'%s' is taken", cases[i][0]);
        ASSERT_MESSAGE(error, cases[i][1]);
        dsc_tune_space_clear(&space);
    }
    const char *twice[] = {"batch=32|64", "batch=16..64"};
    dsc_tune_space space;
    assert_int_not_equal(dsc_tune_space_parse(&space, &recipe, twice, 2, &error), DSC_OK);
    dsc_tune_space_clear(&space);
    dsc_recipe_clear(&recipe);
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    dsc_recipe recipe = base(plain);
    const char *texts[] = {"learning-rate=log:1e-4..1e-1", "augment.rotate=0..20", "units=32|64|128"};
    for (long n = 0;; n++) {
        dsc_tune_space space;
        testing_fail_allocation(n);
        const dsc_status status = dsc_tune_space_parse(&space, &recipe, texts, 3, &error);
        const bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_tune_space_clear(&space);
        if (!failed) break;
    }
    dsc_recipe_clear(&recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_drawn_in_range_and_the_same_again),
        cmocka_unit_test(no_two_trials_are_alike_and_few_choices_are_a_grid),
        cmocka_unit_test(values_reach_the_recipe),
        cmocka_unit_test(hidden_is_the_width_of_any_models_hidden_layers),
        cmocka_unit_test(wrong_texts_are_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
