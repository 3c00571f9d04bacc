/* SPDX-License-Identifier: MIT */
/* Training with rounded weights: it computes with rounded weights, updates the unrounded ones by the
 * gradient of the rounded ones, and ends with rounded ones. tests/train/test_trainer.c tests that threads
 * and interruptions change no bit of it. */
#include "testing.h"

#include "quant/round.h"
#include "train/trainer.h"

#include <math.h>

static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, 300, 3, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

static dsc_trainer *trainer_of(const char *more, dsc_model *model) {
    char json[512];
    dsc_recipe recipe;
    dsc_error error;
    dsc_trainer *trainer;
    (void)snprintf(json, sizeof json,
                   "{\"model\": \"conv 4 5x5 stride=2 bias=off, batch-norm, relu, flatten, dense\", "
                   "\"learning-rate\": 0.02, \"batch\": 50, \"epochs\": 2%s}",
                   more);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_trainer_create(&trainer, model, &recipe, digits, 1, &error), error);
    dsc_recipe_clear(&recipe);
    return trainer;
}

static void the_gradient_is_that_of_rounded_weights(void **state) {
    (void)state;
    static const char SGD[] = ", \"optimiser\": \"sgd momentum=0\"";
    char rounding[128];
    dsc_error error;
    (void)snprintf(rounding, sizeof rounding, "%s, \"quantise\": \"3\"", SGD);
    dsc_trainer *a = trainer_of(rounding, NULL), *b = trainer_of(SGD, NULL);
    const size_t learned = a->updater.parameter_numbers, all = a->updater.numbers;
    dsc_real *before = malloc(all * sizeof *before);
    memcpy(before, a->model->values, all * sizeof *before);
    assert_memory_equal(before, b->model->values, all * sizeof *before);
    dsc_round_weights(b->model->values, before, b->model->graph, 3);
    dsc_real *rounded = malloc(all * sizeof *rounded);
    memcpy(rounded, b->model->values, all * sizeof *rounded);
    ASSERT_OK(dsc_trainer_step(a, &error), error);
    ASSERT_OK(dsc_trainer_step(b, &error), error);
    size_t moved = 0, apart = 0;
    for (size_t i = 0; i < learned; i++) {
        const double by_a = (double)a->model->values[i] - (double)before[i],
                     by_b = (double)b->model->values[i] - (double)rounded[i];
        if (!(fabs(by_a - by_b) < 1e-6)) fail_msg("number %zu moved by %g, not %g", i, by_a, by_b);
        moved += by_a != 0;
        apart += before[i] != rounded[i];
    }
    assert_true(moved > 200 && apart > 200);
    /* running statistics follow the rounded network */
    assert_memory_equal(a->model->values + learned, b->model->values + learned,
                        (all - learned) * sizeof *before);
    assert_true(memcmp(a->model->values + learned, before + learned, (all - learned) * sizeof *before) != 0);
    free(before);
    free(rounded);
    dsc_trainer_free(a);
    dsc_trainer_free(b);
}

static void what_comes_out_has_few_levels(void **state) {
    (void)state;
    static const struct {
        const char *more;
        int levels;
    } cases[] = {{", \"quantise\": \"4\"", 7},
                 {", \"quantise\": \"ternary\", \"ema\": 0.9", 1},
                 {", \"quantise\": \"3\", \"validation\": 0.2, \"patience\": 5", 3},
                 {"", 127}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_error error;
        dsc_trainer *t = trainer_of(cases[i].more, NULL);
        ASSERT_OK(dsc_trainer_step(t, &error), error);
        assert_int_equal(dsc_round_levels(t->model->values, t->model->graph),
                         127); /* training uses all levels */
        assert_int_equal(dsc_round_levels(dsc_trainer_values(t), t->model->graph), cases[i].levels);
        ASSERT_OK(dsc_trainer_run(t, NULL, NULL, &error), error);
        assert_int_equal(dsc_round_levels(t->model->values, t->model->graph), cases[i].levels);
        dsc_trainer_free(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_that_of_rounded_weights),
        cmocka_unit_test(what_comes_out_has_few_levels),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
